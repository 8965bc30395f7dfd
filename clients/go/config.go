package plinth

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// What MigrationConfig has where a field is left out.
const (
	DefaultPostgresService = "postgres"
	DefaultPostgresUser    = "slm_user"
	DefaultPostgresDB      = "action_history"
	DefaultTimeout         = 30 * time.Second
)

// DefaultLogger gets the lines of runs whose config has no Logger. A Ginkgo suite sets it to GinkgoWriter, once.
// Default: nil, they go nowhere.
var DefaultLogger io.Writer

// MigrationConfig says which PostgreSQL of a cluster gets which tables.
type MigrationConfig struct {
	KubeconfigPath  string        // Required
	Namespace       string        // Required
	PostgresService string        // Default: "postgres"
	PostgresUser    string        // Default: "slm_user"
	PostgresDB      string        // Default: "action_history"
	Tables          []string      // Empty = all tables
	Timeout         time.Duration // Default: 30s
	Logger          io.Writer     // Default: DefaultLogger

	// PostgresPassword is given to the program in its environment. Default: PGPASSWORD, the password file, what the pod's spec says.
	PostgresPassword string
	// Migrations is a folder in any tool's format. Default: the bundled history.
	Migrations string
	// Service is who asks, as other deployers see it. Default: PLINTH_SERVICE, else "default".
	Service string
}

// DefaultMigrationConfig returns a config with the defaults filled in, to be changed as wanted.
func DefaultMigrationConfig(kubeconfigPath, namespace string) MigrationConfig {
	return MigrationConfig{KubeconfigPath: kubeconfigPath, Namespace: namespace}.withDefaults()
}

func (c MigrationConfig) withDefaults() MigrationConfig {
	if c.PostgresService == "" {
		c.PostgresService = DefaultPostgresService
	}
	if c.PostgresUser == "" {
		c.PostgresUser = DefaultPostgresUser
	}
	if c.PostgresDB == "" {
		c.PostgresDB = DefaultPostgresDB
	}
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Logger == nil {
		c.Logger = DefaultLogger
	}
	if c.Logger == nil {
		c.Logger = io.Discard
	}
	return c
}

// validate tells all that is wrong with a config at once.
func (c MigrationConfig) validate() error {
	var problems []string
	if strings.TrimSpace(c.KubeconfigPath) == "" {
		problems = append(problems, "KubeconfigPath is empty")
	}
	if strings.TrimSpace(c.Namespace) == "" {
		problems = append(problems, "Namespace is empty")
	}
	for index, table := range c.Tables {
		if strings.TrimSpace(table) == "" {
			problems = append(problems, fmt.Sprintf("Tables[%d] is empty", index))
		}
	}
	if c.Timeout < 0 {
		problems = append(problems, fmt.Sprintf("Timeout is negative: %s", c.Timeout))
	}
	if len(problems) == 0 {
		return nil
	}
	return &Error{
		Code:    "OPTIONS_INVALID",
		Message: "MigrationConfig cannot be used: " + strings.Join(problems, "; ") + ".",
		kinds:   []error{ErrInvalidConfig},
	}
}

// What the program is to do.
type command string

const (
	apply  command = "apply"
	verify command = "verify"
)

// arguments are the command line that the config stands for; the password is not among them.
func (c MigrationConfig) arguments(command command) []string {
	timeout := max(c.Timeout.Milliseconds(), 1)
	args := []string{"kubernaut"}
	if command != apply {
		args = append(args, string(command))
	}
	args = append(args,
		"--json",
		"--kubeconfig", c.KubeconfigPath,
		"--namespace", c.Namespace,
		"--postgres-service", c.PostgresService,
		"--user", c.PostgresUser,
		"--database", c.PostgresDB,
		"--timeout", fmt.Sprintf("%dms", timeout),
	)
	for _, table := range c.Tables {
		args = append(args, "--tables", table)
	}
	if c.Migrations != "" {
		args = append(args, "--migrations", c.Migrations)
	}
	if c.Service != "" && command == apply {
		args = append(args, "--service", c.Service)
	}
	return args
}
