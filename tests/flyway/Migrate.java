import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Flyway by its own API: java -cp LIBRARIES Migrate.java URL FOLDER (migrate | validate) [group]. */
class Migrate {
    public static void main(String[] arguments) {
        var flyway = Flyway.configure()
                .dataSource(arguments[0], "postgres", "")
                .locations("filesystem:" + arguments[1])
                .group(arguments.length > 3)
                .load();
        try {
            switch (arguments[2]) {
                case "migrate" -> System.out.println("migrated " + flyway.migrate().migrationsExecuted);
                case "validate" -> {
                    flyway.validate();
                    System.out.println("valid");
                }
                default -> throw new IllegalArgumentException(arguments[2]);
            }
        } catch (FlywayException refused) {
            System.out.println("refused: " + refused.getMessage().replace('\n', ' '));
        }
    }
}
