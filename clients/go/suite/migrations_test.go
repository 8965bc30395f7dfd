package suite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"

	plinth "plinth/clients/go"
)

func createConfig(tables ...string) plinth.MigrationConfig {
	config := plinth.DefaultMigrationConfig(os.Getenv("KUBECONFIG"), os.Getenv("NAMESPACE"))
	config.Tables = tables
	config.Timeout = 2 * time.Minute
	return config
}

func getError(err error) *plinth.Error {
	GinkgoHelper()
	var found *plinth.Error
	Expect(errors.As(err, &found)).To(BeTrue(), "%v", err)
	return found
}

var _ = Describe("ApplyMigrations", Ordered, func() {
	It("brings audit_events, tells what it made, and finds nothing to do afterwards", func(ctx SpecContext) {
		log := gbytes.NewBuffer()
		config := createConfig("audit_events")
		config.Logger = log
		Expect(plinth.ApplyMigrations(ctx, config)).To(Succeed())
		Expect(log).To(gbytes.Say("Made: public.audit_events"))

		again, err := plinth.ApplyMigrationsWithResult(ctx, createConfig("audit_events"))
		Expect(err).NotTo(HaveOccurred())
		Expect(again.Outcome).To(Equal("nothing-to-do"))
		Expect(plinth.VerifyMigrations(ctx, createConfig("audit_events"))).To(Succeed())
	})

	It("lets services deploy at once", func(ctx SpecContext) {
		wanted := [][]string{{"audit_events"}, {"workflows"}, {"workflow_versions"}, nil}
		var group sync.WaitGroup
		errs := make([]error, 4)
		for index := range errs {
			group.Go(func() {
				config := createConfig(wanted[index]...)
				config.Service = fmt.Sprintf("service-%d", index)
				errs[index] = plinth.ApplyMigrations(ctx, config)
			})
		}
		group.Wait()
		Expect(errors.Join(errs...)).NotTo(HaveOccurred())
	})

	It("says what keeps PostgreSQL from being reached, and does not wait for it in vain", func(ctx SpecContext) {
		config := createConfig("audit_events")
		config.PostgresService = "postgrse"
		err := plinth.ApplyMigrations(ctx, config)
		Expect(err).To(MatchError(plinth.ErrPostgresNotReady))
		found := getError(err)
		Expect(found.Code).To(Equal("SERVICE_MISSING"))
		Expect(found.ExitCode).To(Equal(4))
		Expect(found.Message).To(ContainSubstring("did you mean postgres?"))
	})

	It("points into the migration that failed", func(ctx SpecContext) {
		folder := GinkgoT().TempDir()
		text := "-- +goose Up\nCREATE TABLE broken (id int);\nSELECT 1/0;\n"
		Expect(os.WriteFile(filepath.Join(folder, "001_broken.sql"), []byte(text), 0o600)).To(Succeed())
		config := createConfig()
		config.PostgresDB = os.Getenv("OTHER_DATABASE")
		config.Migrations = folder
		err := plinth.ApplyMigrations(ctx, config)
		Expect(err).To(MatchError(plinth.ErrMigrationFailed))
		found := getError(err)
		Expect(found.Place.File).To(HaveSuffix("001_broken.sql"))
		Expect(found.Place.Line).To(Equal(3))
		Expect(found.Result.Outcome).To(Equal("failed"))
	})

	It("leaves a table alone that is there and otherwise", func(ctx SpecContext) {
		config := createConfig("audit_events")
		config.PostgresDB = os.Getenv("OTHER_DATABASE")
		Expect(plinth.ApplyMigrations(ctx, config)).To(MatchError(plinth.ErrTableExists))
	})

	It("ends with the context", func(ctx SpecContext) {
		short, cancel := context.WithCancel(ctx)
		config := createConfig("audit_events")
		// It is waited for: a pod may still come.
		config.PostgresService = "empty"
		config.Logger = writerFunc(func([]byte) { cancel() })
		Expect(plinth.ApplyMigrations(short, config)).To(MatchError(context.Canceled))
	})
})

type writerFunc func([]byte)

func (f writerFunc) Write(text []byte) (int, error) {
	f(text)
	return len(text), nil
}
