// Package plinth brings the tables that a service needs into the PostgreSQL of a Kubernetes cluster, from a Go test suite.
//
// It runs Plinth's command line (Node.js 20.19 or newer) and reads its events, which docs/ndjson.md describes. The program is
// the one that PLINTH_BIN names, else plinth on the PATH, else the one that npx finds in node_modules; nothing is downloaded.
package plinth
