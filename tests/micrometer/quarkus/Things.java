package service;

import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.InternalServerErrorException;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;

@Path("/things")
public class Things {
    @GET public String get() { return "here"; }
    @POST public String post() { return "here"; }
    @PUT public String put() { return "here"; }
    @PATCH public String patch() { return "here"; }
    @DELETE public String delete() { return "here"; }
    @GET @Path("/broken") public String broken() { throw new InternalServerErrorException(); }
    @POST @Path("/broken") public String brokenToo() { throw new InternalServerErrorException(); }
}
