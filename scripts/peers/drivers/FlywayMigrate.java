import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.output.MigrateResult;

/** Flyway's migrate, which validates first: FlywayMigrate URL FOLDER. Prints how many migrations it ran. */
public final class FlywayMigrate {
    public static void main(String[] args) {
        MigrateResult result = Flyway.configure()
            .dataSource(args[0], null, null)
            .locations("filesystem:" + args[1])
            .load()
            .migrate();
        System.out.println("migrations: " + result.migrationsExecuted);
    }
}
