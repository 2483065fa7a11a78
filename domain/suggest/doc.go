// Package suggest proposes what an engineer may begin with: a condition made of
// what samples have in common, and the probable causes of their errors.
package suggest
