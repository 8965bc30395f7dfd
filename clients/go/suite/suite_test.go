// Package suite is how a service's end-to-end suite calls Plinth. The environment says where: KUBECONFIG, NAMESPACE with a
// PostgreSQL that has the database OTHER_DATABASE, too, and there an audit_events of somebody else's.
package suite

import (
	"os"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	plinth "plinth/clients/go"
)

func TestSuite(t *testing.T) {
	if os.Getenv("NAMESPACE") == "" {
		t.Skip("NAMESPACE is not set: test/clients/go.test.ts runs this suite in a cluster")
	}
	RegisterFailHandler(Fail)
	RunSpecs(t, "Plinth for Go suites")
}

var _ = BeforeSuite(func() { plinth.DefaultLogger = GinkgoWriter })
