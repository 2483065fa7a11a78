// Package service is what a running server consists of: the routes, the middleware
// around them, and the background workers.
//
//	service.go                  Service and how it is made; bootstrap.go makes the first user
//	routes.go                   every route with its role; Handler, which builds all that is served
//	middleware.go scrubids.go pace.go   what every request passes; log.go marks log lines with the request
//	entrance.go                 answers while the service starts
//	workers.go intervals.go     the background workers, and how long they pause
//	rulesets.go catalog.go      keep the live rulesets, and compare built-in parsers with them
//	grouping.go trials.go quarantine.go clock.go   steps of the workers
//	metrics.go                  what /metrics says
package service
