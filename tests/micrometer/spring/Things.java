package service;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@SpringBootApplication
@RestController
public class Things {
    public static void main(String[] arguments) {
        SpringApplication.run(Things.class, arguments);
    }

    @RequestMapping("/things") String any() { return "here"; }
    @RequestMapping("/things/broken") String broken() { throw new ResponseStatusException(HttpStatus.INTERNAL_SERVER_ERROR); }
}
