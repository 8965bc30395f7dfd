// dbmate's own library with its driver for PostgreSQL: dbmate URL FOLDER. The program around it would bring the drivers of
// all databases, which take minutes to build.
package main

import (
	"fmt"
	"net/url"
	"os"

	"github.com/amacneil/dbmate/v2/pkg/dbmate"
	_ "github.com/amacneil/dbmate/v2/pkg/driver/postgres"
)

func main() {
	target, err := url.Parse(os.Args[1])
	if err == nil {
		db := dbmate.New(target)
		db.AutoDumpSchema = false
		db.MigrationsDir = []string{os.Args[2]}
		err = db.Migrate()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
