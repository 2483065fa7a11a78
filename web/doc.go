// Command wherefore finds out why social networks refuse calls: a service
// that takes their errors, a dashboard over them, and tools for both.
//
//	main.go                          the list of commands; run, which tests start
//	config.go                        settings, from flags and the environment
//	database.go                      a given PostgreSQL server, or an embedded one
//	serve.go memory.go sessionkeys.go directory.go   serve
//	healthcheck.go                   healthcheck
//	demo.go                          demo
//	parse.go cluster.go lines.go     parse and cluster, which read standard input
//	parsers.go pins.go               parsers test
//	admin.go user.go token.go        user, token and migrate
package main
