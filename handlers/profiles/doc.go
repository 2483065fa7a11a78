// Package profiles answers the requests of the look-up of profiles and of the page
// of one profile.
package profiles
