// pgtestdb with its driver pgx: pgtestdb HOST PORT USER FILE. For each line of stdin one database is taken and disposed of;
// what is printed is the milliseconds of pgtestdb.New, and the template that FILE (SQL) makes is there before the first.
package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"os"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/peterldowns/pgtestdb"
)

type script struct{ text string }

func (s script) Hash() (string, error) {
	sum := sha256.Sum256([]byte(s.text))
	return hex.EncodeToString(sum[:]), nil
}

func (s script) Migrate(ctx context.Context, db *sql.DB, _ pgtestdb.Config) error {
	_, err := db.ExecContext(ctx, s.text)
	return err
}

type test struct{ cleanups []func() }

func (t *test) Cleanup(f func()) { t.cleanups = append(t.cleanups, f) }
func (t *test) Failed() bool     { return false }
func (t *test) Fatalf(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}
func (t *test) Helper()             {}
func (t *test) Logf(string, ...any) {}

func main() {
	text, err := os.ReadFile(os.Args[4])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	config := pgtestdb.Config{
		DriverName: "pgx", Host: os.Args[1], Port: os.Args[2], User: os.Args[3], Database: "postgres", Options: "sslmode=disable",
	}
	take := func() float64 {
		one := &test{}
		start := time.Now()
		pgtestdb.New(one, config, script{string(text)})
		elapsed := time.Since(start)
		for _, cleanup := range one.cleanups {
			cleanup()
		}
		return float64(elapsed.Microseconds()) / 1000
	}
	take()
	fmt.Println("ready")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		fmt.Println(take())
	}
}
