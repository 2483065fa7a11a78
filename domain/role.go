package domain

import "slices"

// Role says what a user may do.
type Role string

// The roles.
const (
	Engineer Role = "engineer"
	Support  Role = "support"
	PM       Role = "pm"
	Admin    Role = "admin"
)

// Roles lists all roles.
func Roles() []Role { return []Role{Engineer, Support, PM, Admin} }

// Known reports whether r is one of Roles.
func (r Role) Known() bool { return slices.Contains(Roles(), r) }

// Promotes reports whether the role may change rulesets.
func (r Role) Promotes() bool { return r == Engineer || r == Admin }

// SeesErrors reports whether the role may see the networks' own answers.
func (r Role) SeesErrors() bool { return r.Known() && r != PM }

// Administers reports whether the role may manage users and tokens.
func (r Role) Administers() bool { return r == Admin }
