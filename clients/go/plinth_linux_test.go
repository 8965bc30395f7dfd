package plinth

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// useProgram makes a shell script the program; it stands in for releases that are still to come, and for ones that hang.
func useProgram(t *testing.T, script string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	path := filepath.Join(dir, "plinth")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PLINTH_BIN", path)
	return dir
}

func getError(t *testing.T, err error) *Error {
	t.Helper()
	var found *Error
	if !errors.As(err, &found) {
		t.Fatalf("no *Error: %v", err)
	}
	return found
}

var someConfig = MigrationConfig{KubeconfigPath: "kubeconfig", Namespace: "demo", Tables: []string{"audit_events"}}

func TestConfigHasTheDefaultsOfTheSeed(t *testing.T) {
	config := DefaultMigrationConfig("/kubeconfig", "kubernaut-system")
	got := []any{config.PostgresService, config.PostgresUser, config.PostgresDB, len(config.Tables), config.Timeout}
	want := []any{"postgres", "slm_user", "action_history", 0, 30 * time.Second}
	for index := range want {
		if got[index] != want[index] {
			t.Errorf("got %v, want %v", got[index], want[index])
		}
	}
}

func TestConfigTellsAllProblemsAtOnce(t *testing.T) {
	err := ApplyMigrations(context.Background(), MigrationConfig{Tables: []string{"a", " "}, Timeout: -1})
	if !errors.Is(err, ErrInvalidConfig) {
		t.Fatalf("got %v", err)
	}
	for _, part := range []string{"KubeconfigPath", "Namespace", "Tables[1]", "Timeout"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q lacks %s", err, part)
		}
	}
}

func TestNoProgramIsAnErrorThatSaysHowToGetOne(t *testing.T) {
	t.Setenv("PLINTH_BIN", "/nowhere/plinth")
	err := ApplyMigrations(context.Background(), someConfig)
	if !errors.Is(err, ErrProgramMissing) || !strings.Contains(err.Error(), "/nowhere/plinth") {
		t.Errorf("got %v", err)
	}
	t.Setenv("PLINTH_BIN", "")
	t.Setenv("PATH", t.TempDir())
	err = ApplyMigrations(context.Background(), someConfig)
	if !errors.Is(err, ErrProgramMissing) || !strings.Contains(err.Error(), "npm") {
		t.Errorf("got %v", err)
	}
}

// The program that is taken: PLINTH_BIN, then plinth on the PATH, then what npx finds.
func TestTheProgramIsFound(t *testing.T) {
	named, on := t.TempDir(), t.TempDir()
	write := func(path, says string) {
		script := "#!/bin/sh\necho \"$0 $*\" >&2\necho '{\"format\":\"plinth-events/1\",\"type\":\"finished\",\"result\":{\"run\":\"" + says + "\"}}'\n"
		if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(named, "any-name"), "named")
	write(filepath.Join(on, "plinth"), "path")
	write(filepath.Join(on, "npx"), "npx")
	t.Setenv("PATH", on)
	steps := []struct {
		run     string
		prepare func()
	}{
		{"named", func() { t.Setenv("PLINTH_BIN", filepath.Join(named, "any-name")) }},
		{"path", func() { t.Setenv("PLINTH_BIN", "") }},
		{"npx", func() { _ = os.Remove(filepath.Join(on, "plinth")) }},
	}
	for _, step := range steps {
		step.prepare()
		var log bytes.Buffer
		config := someConfig
		config.Logger = &log
		result, err := ApplyMigrationsWithResult(context.Background(), config)
		if err != nil || result.Run != step.run {
			t.Errorf("%s: got %v, %v", step.run, result, err)
		}
		if step.run == "npx" && !strings.Contains(log.String(), "--offline --no-install plinth kubernaut --json") {
			t.Errorf("npx got %s", log.String())
		}
	}
}

func TestNpxThatFindsNothingIsNoProgram(t *testing.T) {
	on := t.TempDir()
	script := "#!/bin/sh\necho 'npm error code ENOTCACHED' >&2; exit 1\n"
	if err := os.WriteFile(filepath.Join(on, "npx"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", on)
	t.Setenv("PLINTH_BIN", "")
	err := ApplyMigrations(context.Background(), someConfig)
	if !errors.Is(err, ErrProgramMissing) || !strings.Contains(err.Error(), "node_modules") {
		t.Errorf("got %v", err)
	}
}

func TestEventsFromTheFutureAreRefused(t *testing.T) {
	useProgram(t, `echo '{"format":"plinth-events/2","type":"finished","result":7,"findings":"none"}'`)
	err := ApplyMigrations(context.Background(), someConfig)
	if !errors.Is(err, ErrProtocol) || !strings.Contains(err.Error(), "plinth-events/2") {
		t.Errorf("got %v", err)
	}
}

func TestAProgramThatSaysNothingIsQuoted(t *testing.T) {
	useProgram(t, "echo 'node: too old' >&2; exit 3")
	err := getError(t, ApplyMigrations(context.Background(), someConfig))
	if !errors.Is(err, ErrProtocol) || err.ExitCode != 3 || !strings.Contains(err.Error(), "node: too old") {
		t.Errorf("got %v", err)
	}
}

func TestTheLoggerGetsWhatTheProgramSays(t *testing.T) {
	useProgram(t, `echo 'Connected.' >&2; printf 'Done' >&2; echo '{"format":"plinth-events/1","type":"finished","result":{"created":["public.a"]}}'`)
	var log bytes.Buffer
	config := someConfig
	config.Logger = &log
	result, err := ApplyMigrationsWithResult(context.Background(), config)
	if err != nil || len(result.Created) != 1 || log.String() != "Connected.\nDone\n" {
		t.Errorf("got %v, %v, %q", result, err, log.String())
	}
}

func TestThePasswordIsInNoArgument(t *testing.T) {
	dir := useProgram(t, `echo "$@" > "$(dirname "$0")/args"; echo "$PGPASSWORD" > "$(dirname "$0")/password"`)
	config := someConfig
	config.PostgresPassword = "s3cret"
	_ = ApplyMigrations(context.Background(), config)
	args, _ := os.ReadFile(filepath.Join(dir, "args"))
	password, _ := os.ReadFile(filepath.Join(dir, "password"))
	if strings.Contains(string(args), "s3cret") || strings.TrimSpace(string(password)) != "s3cret" {
		t.Errorf("args %q, password %q", args, password)
	}
}

// waitFor polls for a condition that must come true.
func waitFor(t *testing.T, what string, isTrue func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if isTrue() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

func readPid(path string) int {
	text, _ := os.ReadFile(path)
	pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return pid
}

func isAlive(pid int) bool { return syscall.Kill(pid, 0) == nil }

// As npx does, it starts another process that does the work.
const hangs = `sleep 600 & echo $! > "$(dirname "$0")/child.new"; mv "$(dirname "$0")/child.new" "$(dirname "$0")/child"; wait`

func TestACancelledRunLeavesNoProcess(t *testing.T) {
	dir := useProgram(t, hangs)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- ApplyMigrations(ctx, someConfig) }()
	waitFor(t, "the run has begun", func() bool { return readPid(filepath.Join(dir, "child")) > 0 })
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	child := readPid(filepath.Join(dir, "child"))
	waitFor(t, "the process has gone", func() bool { return !isAlive(child) })
}

func TestADeadlineIsATimeout(t *testing.T) {
	useProgram(t, hangs)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	err := ApplyMigrations(ctx, someConfig)
	if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, ErrTimeout) {
		t.Errorf("got %v", err)
	}
}

// The test binary itself, as the suite that is killed.
func TestMain(m *testing.M) {
	if os.Getenv("PLINTH_TEST_SUITE") != "" {
		_ = ApplyMigrations(context.Background(), someConfig)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestAKilledSuiteTakesItsRunAlong(t *testing.T) {
	dir := useProgram(t, `echo $$ > "$(dirname "$0")/self.new"; mv "$(dirname "$0")/self.new" "$(dirname "$0")/self"; exec sleep 600`)
	suite := exec.Command(os.Args[0])
	suite.Env = append(os.Environ(), "PLINTH_TEST_SUITE=1")
	if err := suite.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the run has begun", func() bool { return readPid(filepath.Join(dir, "self")) > 0 })
	_ = suite.Process.Kill()
	_ = suite.Wait()
	pid := readPid(filepath.Join(dir, "self"))
	waitFor(t, "the run has gone", func() bool { return !isAlive(pid) })
}
