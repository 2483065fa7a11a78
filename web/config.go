package main

import (
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/web/service"
)

// config is what a command was told by its environment and its flags.
type config struct {
	listen      string // host:port; port 0 takes a free one
	databaseURL string // empty: an embedded Postgres in dataDir
	directURL   string // for LISTEN, migrations and locks; empty: databaseURL
	dataDir     string // embedded Postgres, session keys
	demo        bool   // fill an empty database

	connections int // to the database at most
	clients     int // connections of clients at most

	shutdownDelay time.Duration // in which it is not ready and answers

	directoryURL, directoryQuery string // both or neither

	// BaseURL is nil for http at the listen address, SessionKeys for one in dataDir.
	service.Config
}

// A setting is one thing to configure. Secrets have no flag, because
// every user of a machine can read the flags of its processes.
type setting struct {
	flag, env, def, help string
	set                  func(*config, string) error
}

// settings lists everything that can be configured. Each command takes those
// that it names.
func settings() []setting {
	return []setting{
		{"listen", "WHEREFORE_LISTEN", "127.0.0.1:8080", "address to serve on", setListen},
		{"database-url", "DATABASE_URL", "", "Postgres to use; absent: an embedded one in the data directory", setDatabaseURL},
		{"direct-database-url", "WHEREFORE_DIRECT_DATABASE_URL", "", "the same database past any connection pooler; absent: DATABASE_URL", setDirectURL},
		{"database-connections", "WHEREFORE_DATABASE_CONNECTIONS", strconv.Itoa(store.DefaultConnections), "connections to the database at most; half of them are for intake and answers, and trials take a fifth of all", setConnections},
		{"directory-url", "WHEREFORE_DIRECTORY_URL", "", "the company's own Postgres with its profiles, which is only read; absent: none", setDirectoryURL},
		{"directory-query", "WHEREFORE_DIRECTORY_QUERY", "", "SELECT … WHERE id = ANY($1) there, with columns profile_id, network, profile_name, owner_id, credential_id, of which only the first is needed", setDirectoryQuery},
		{"client-connections", "WHEREFORE_CLIENT_CONNECTIONS", "2000", "connections of clients at most; more wait until one ends", setClients},
		{"source-requests", "WHEREFORE_SOURCE_REQUESTS", "5000", "requests that a source may send to one replica per second on average; 0: no limit", setSourceRequests},
		{"source-events", "WHEREFORE_SOURCE_EVENTS", "10000", "events that a source may send to one replica per second on average; 0: no limit", setSourceEvents},
		{"shutdown-delay", "WHEREFORE_SHUTDOWN_DELAY", "0s", "how long /readyz fails before a server that is told to stop takes no more requests, such as 10s", setShutdownDelay},
		{"data-dir", "WHEREFORE_DATA_DIR", "data", "folder of the embedded Postgres and the session key", setDataDir},
		{"base-url", "WHEREFORE_BASE_URL", "", "address at which people reach the dashboard; absent: the one listened on", setBaseURL},
		{"", "WHEREFORE_SESSION_KEYS", "", "keys of 32 to 64 bytes in hex, newest first, by comma; absent: one is made and kept in the data directory", setSessionKeys},
		{"trusted-proxies", "WHEREFORE_TRUSTED_PROXIES", "", "addresses or networks, such as 10.0.0.0/8, by comma, of proxies whose X-Forwarded-For is believed", setTrustedProxies},
		{"", "WHEREFORE_ADMIN_PASSWORD", "", "creates user admin or changes its password: 8 characters or more, at most 72 bytes, not a common one", setAdminPassword},
		{"", "WHEREFORE_TOKEN", "", "API token for source bootstrap, at least 16 characters", setToken},
		{"quarantine-days", "WHEREFORE_QUARANTINE_DAYS", "30", "days after which what can't be used expires, and is removed once it has ended", setQuarantineDays},
		{"intervals", "WHEREFORE_INTERVALS", service.DefaultIntervals().String(), "how long workers pause between two runs; those not named keep their default", func(c *config, value string) error { return c.Intervals.Set(value) }},
		{"demo", "WHEREFORE_DEMO", "false", "fill an empty database with a made-up history", setDemo},
	}
}

// readConfig reads the settings whose variables are named: defaults first,
// then the environment, then flags. It returns what follows the flags. The
// error of a bad value names the variable or flag that holds it; flag.ErrHelp
// means that only the usage was asked for.
func readConfig(e env, command string, names ...string) (config, []string, error) {
	var c config
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	flags.SetOutput(e.stderr)
	flags.Usage = func() { printUsage(e, command, names) }
	for _, s := range settings() {
		if !slices.Contains(names, s.env) {
			continue
		}
		if err := setDefault(&c, s, e.getenv(s.env)); err != nil {
			return config{}, nil, err
		}
		addFlag(flags, &c, s)
	}
	err := flags.Parse(e.args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return config{}, nil, err
	case err != nil:
		return config{}, nil, errFailed // the flag set has said it
	}
	return c, flags.Args(), nil
}

func setDefault(c *config, s setting, value string) error {
	if value == "" {
		value = s.def
	}
	if value == "" {
		return nil
	}
	if err := s.set(c, value); err != nil {
		return fmt.Errorf("%s: %w", s.env, err)
	}
	return nil
}

func addFlag(flags *flag.FlagSet, c *config, s setting) {
	set := func(value string) error { return s.set(c, value) }
	switch {
	case s.flag == "":
	case s.def == "false":
		flags.BoolFunc(s.flag, s.help, set)
	default:
		flags.Func(s.flag, s.help, set)
	}
}

func printUsage(e env, command string, names []string) {
	fmt.Fprintf(e.stderr, "usage: wherefore %s [FLAGS]\n", command)
	for _, s := range settings() {
		if !slices.Contains(names, s.env) {
			continue
		}
		name := s.env
		if s.flag != "" {
			name = "--" + s.flag + ", " + s.env
		}
		fmt.Fprintf(e.stderr, "  %s\n        %s", name, s.help)
		if s.def != "" {
			fmt.Fprintf(e.stderr, " (default %s)", s.def)
		}
		fmt.Fprintln(e.stderr)
	}
}

func setListen(c *config, value string) error {
	host, port, err := net.SplitHostPort(value)
	if err != nil {
		return fmt.Errorf("%q is not host:port, such as 127.0.0.1:8080", value)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("%q has port %q, which is not a number from 0 to 65535", value, port)
	}
	c.listen = net.JoinHostPort(host, port)
	return nil
}

func setDatabaseURL(c *config, value string) error {
	c.databaseURL = value
	return checkDatabaseURL(value)
}

func setDirectURL(c *config, value string) error {
	c.directURL = value
	return checkDatabaseURL(value)
}

// checkDatabaseURL never repeats the address, because it may hold a password.
func checkDatabaseURL(value string) error {
	u, err := url.Parse(value)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return errors.New("not of the form postgres://user:password@host:5432/name?sslmode=require")
	}
	if len(u.Path) < 2 {
		return errors.New("names no database: postgres://user:password@host:5432/NAME")
	}
	if !u.Query().Has("sslmode") {
		return errors.New("says no sslmode: add ?sslmode=require, or ?sslmode=disable on one machine")
	}
	return nil
}

func setDirectoryURL(c *config, value string) error {
	c.directoryURL = value
	return checkDatabaseURL(value)
}

var parameter = regexp.MustCompile(`\$\d+`)

func setDirectoryQuery(c *config, value string) error {
	c.directoryQuery = value
	numbers := parameter.FindAllString(value, -1)
	if len(numbers) == 0 || slices.ContainsFunc(numbers, func(n string) bool { return n != "$1" }) {
		return errors.New("not a SELECT with the one parameter $1, which is an array of profile ids: SELECT id AS profile_id, network FROM accounts WHERE id = ANY($1)")
	}
	return nil
}

// checkDirectory names the one of two settings that is missing.
func (c *config) checkDirectory() error {
	switch {
	case c.directoryURL != "" && c.directoryQuery == "":
		return errors.New("WHEREFORE_DIRECTORY_URL is set: set WHEREFORE_DIRECTORY_QUERY too")
	case c.directoryURL == "" && c.directoryQuery != "":
		return errors.New("WHEREFORE_DIRECTORY_QUERY is set: set WHEREFORE_DIRECTORY_URL too")
	}
	return nil
}

const maxConnections = 1000

func setConnections(c *config, value string) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < store.MinConnections || n > maxConnections {
		return fmt.Errorf("%q is not a number of connections from %d to %d", value, store.MinConnections, maxConnections)
	}
	c.connections = n
	return nil
}

const maxClients = 100_000

func setClients(c *config, value string) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > maxClients {
		return fmt.Errorf("%q is not a number of connections from 1 to %d", value, maxClients)
	}
	c.clients = n
	return nil
}

func setSourceRequests(c *config, value string) error { return setRate(&c.Rates.Requests, value) }

func setSourceEvents(c *config, value string) error { return setRate(&c.Rates.Events, value) }

const maxRate = 1_000_000

func setRate(rate *int, value string) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 || n > maxRate {
		return fmt.Errorf("%q is not a number per second from 0, which is no limit, to %d", value, maxRate)
	}
	*rate = n
	return nil
}

func setShutdownDelay(c *config, value string) error {
	d, err := time.ParseDuration(value)
	if err != nil || d < 0 {
		return fmt.Errorf("%q is not a time such as 10s", value)
	}
	c.shutdownDelay = d
	return nil
}

func setDataDir(c *config, value string) error {
	c.dataDir = value
	return nil
}

func setBaseURL(c *config, value string) error {
	u, err := url.Parse(value)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return fmt.Errorf("%q is not an address such as https://wherefore.example.com", value)
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%q has more than scheme, host and port", value)
	}
	c.BaseURL = &url.URL{Scheme: u.Scheme, Host: u.Host}
	return nil
}

func setSessionKeys(c *config, value string) error {
	c.SessionKeys = nil
	for i, part := range strings.Split(value, ",") {
		key, err := hex.DecodeString(strings.TrimSpace(part))
		if err != nil {
			return fmt.Errorf("key %d is not hexadecimal", i+1)
		}
		if len(key) < 32 || len(key) > 64 {
			return fmt.Errorf("key %d has %d bytes; 32 to 64 are needed", i+1, len(key))
		}
		c.SessionKeys = append(c.SessionKeys, key)
	}
	return nil
}

func setTrustedProxies(c *config, value string) error {
	c.TrustedProxies = nil
	for part := range strings.SplitSeq(value, ",") {
		part = strings.TrimSpace(part)
		proxy, err := netip.ParsePrefix(part)
		if address, notOne := netip.ParseAddr(part); notOne == nil {
			proxy, err = address.Prefix(address.BitLen())
		}
		if err != nil {
			return fmt.Errorf("%q is neither an address nor a network such as 10.0.0.0/8 or 2001:db8::/32", part)
		}
		c.TrustedProxies = append(c.TrustedProxies, proxy.Masked())
	}
	return nil
}

func setAdminPassword(c *config, value string) error {
	c.AdminPassword = value
	return domain.CheckPassword(service.AdminName, value)
}

func setToken(c *config, value string) error {
	odd := func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsGraphic(r) || unicode.IsSpace(r) }
	if len(value) < 16 {
		return fmt.Errorf("the token has %d of the at least 16 characters that are needed", len(value))
	}
	if strings.ContainsFunc(value, odd) {
		return errors.New("the token holds something other than visible ASCII characters")
	}
	c.Token = value
	return nil
}

// maxQuarantineDays is ten years, so that no date leaves the calendar.
const maxQuarantineDays = 3650

func setQuarantineDays(c *config, value string) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > maxQuarantineDays {
		return fmt.Errorf("%q is not a number of days from 1 to %d", value, maxQuarantineDays)
	}
	c.QuarantineDays = n
	return nil
}

func setDemo(c *config, value string) error {
	b, err := strconv.ParseBool(value)
	if err != nil {
		return fmt.Errorf("%q is neither true nor false", value)
	}
	c.demo = b
	return nil
}
