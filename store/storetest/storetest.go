// Package storetest gives each test a database of its own on a real
// PostgreSQL, and makes what tests are about.
package storetest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"wherefore/domain"
	"wherefore/migrations"
	"wherefore/store"
	"wherefore/store/embedded"
)

// serverEnv names a server to use, past any pooler, by a user who may create
// databases. Without it a throwaway server runs while the tests of a package do.
const serverEnv = "WHEREFORE_TEST_DATABASE_URL"

// New returns a store on a fresh database with the whole schema, all networks,
// and each cause as a reason of each network.
func New(t testing.TB) *store.Store {
	t.Helper()
	return Open(t, URL(t))
}

// Open returns another store on the database of an address, as another replica has.
func Open(t testing.TB, address string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), address, store.DefaultConnections)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Claim claims a job, as a worker of a filter does; false when none is due.
func Claim(t testing.TB, s *store.Store, f store.JobFilter) (store.JobClaim, bool) {
	t.Helper()
	c, found, err := s.ClaimJob(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return c, found
}

// DB returns a plain connection to a database, for what the store can't say.
func DB(t testing.TB, address string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// Template is what fresh databases are copies of, beside what New has.
type Template struct {
	Name string // of at most 20 letters and digits; changes with what Fill does
	Fill func(context.Context, *store.Store) error
}

// URL returns the address of a fresh database like that of New. It is dropped
// when the test is over.
func URL(t testing.TB) string {
	t.Helper()
	return URLOf(t, Template{})
}

// URLOf is URL for a database that a template was used for, which is filled once.
func URLOf(t testing.TB, of Template) string {
	t.Helper()
	server, err := prepared()
	if err != nil {
		t.Fatalf("no database for the test: %v", err)
	}
	name := "wherefore_test_" + uuid.NewString()
	if err := server.clone(t.Context(), name, of); err != nil {
		t.Fatalf("no database for the test: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
		defer cancel()
		if _, err := server.admin.ExecContext(ctx, fmt.Sprintf(`DROP DATABASE %q WITH (FORCE)`, name)); err != nil {
			t.Errorf("dropping the test's database: %v", err)
		}
	})
	return at(server.address, name)
}

// server is where databases are made, with a migrated template and those that are
// made from it.
type server struct {
	address  string
	admin    *sql.DB
	template string

	making sync.Mutex
	made   map[string]bool // templates beside the migrated one
}

// prepared starts or finds the server, once.
var prepared = sync.OnceValues(func() (*server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	address := os.Getenv(serverEnv)
	if address == "" {
		started, err := startThrowaway(ctx)
		if err != nil {
			return nil, err
		}
		address = started
	}
	return prepare(ctx, address)
})

func startThrowaway(ctx context.Context) (string, error) {
	home, err := os.MkdirTemp(parentOfHome(), "wherefore-test-")
	if err != nil {
		return "", err
	}
	s, err := embedded.Start(ctx, embedded.Config{DataDir: home, Throwaway: true})
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(home))
	}
	return s.URL(), nil
}

// inMemory is where Linux has a file system without a disk.
const inMemory, enoughMemory = "/dev/shm", 2 << 30

// parentOfHome chooses a folder in memory where there is room for the databases
// of tests: a database is hundreds of files, and a file system with a journal
// takes longer to make them the more of them were removed just before, up to
// a second for each database. "" stands for the usual folder.
func parentOfHome() string {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(inMemory, &fs); err != nil || fs.Bavail*uint64(fs.Bsize) < enoughMemory {
		return ""
	}
	return inMemory
}

func prepare(ctx context.Context, address string) (*server, error) {
	admin, err := sql.Open("postgres", address)
	if err != nil {
		return nil, err
	}
	admin.SetMaxOpenConns(2)
	s := &server{address: address, admin: admin, made: map[string]bool{}}
	if s.template, err = templateName(); err != nil {
		return nil, err
	}
	return s, s.makeTemplate(ctx, s.template, "template1", fill)
}

// templateName changes with the schema, so that processes that share a server
// share a template, and never one of another schema.
func templateName() (string, error) {
	sum := sha256.New()
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		return "", err
	}
	for _, name := range names {
		text, err := fs.ReadFile(migrations.FS, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(sum, name, len(text))
		sum.Write(text)
	}
	month := time.Now().UTC().Format("200601") // it holds this month's partitions
	return "wherefore_template_" + month + "_" + hex.EncodeToString(sum.Sum(nil)[:6]), nil
}

// templateOf is the name of the template for databases of a kind, which is there then.
func (s *server) templateOf(ctx context.Context, of Template) (string, error) {
	if of.Fill == nil {
		return s.template, nil
	}
	s.making.Lock()
	defer s.making.Unlock()
	name := s.template + "_" + of.Name
	if s.made[name] {
		return name, nil
	}
	err := s.makeTemplate(ctx, name, s.template, func(ctx context.Context, address string) error {
		return with(ctx, address, of.Fill)
	})
	s.made[name] = err == nil
	return name, err
}

// makeTemplate makes a template from another aside and renames it, so that one that is
// there is whole. The lock keeps two processes from making it at once.
func (s *server) makeTemplate(ctx context.Context, name, from string, fill func(ctx context.Context, address string) error) (err error) {
	conn, err := s.admin.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	const lock = 7_233_001
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, lock); err != nil {
		return err
	}
	defer func() {
		_, unlocked := conn.ExecContext(ctx, `SELECT pg_advisory_unlock($1)`, lock)
		err = errors.Join(err, unlocked)
	}()
	var there bool
	err = conn.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&there)
	if err != nil || there {
		return err
	}
	making := name + "_new"
	for _, statement := range []string{
		fmt.Sprintf(`DROP DATABASE IF EXISTS %q WITH (FORCE)`, making),
		fmt.Sprintf(`CREATE DATABASE %q TEMPLATE %q`, making, from),
	} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	if err := fill(ctx, at(s.address, making)); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, fmt.Sprintf(`ALTER DATABASE %q RENAME TO %q`, making, name))
	return err
}

func fill(ctx context.Context, address string) error {
	if err := store.Migrate(ctx, address); err != nil {
		return err
	}
	return with(ctx, address, addReasons)
}

// with does something with the store of an address.
func with(ctx context.Context, address string, do func(context.Context, *store.Store) error) error {
	s, err := store.Open(ctx, address, store.DefaultConnections)
	if err != nil {
		return err
	}
	return errors.Join(do(ctx, s), s.Close())
}

func addReasons(ctx context.Context, s *store.Store) error {
	var reasons []domain.ReasonID
	for _, n := range domain.Networks() {
		for _, c := range domain.Causes() {
			reasons = append(reasons, domain.Reason(n, c.Cause))
		}
	}
	_, err := s.SyncCatalog(ctx, store.Catalog{Reasons: reasons})
	return err
}

func (s *server) clone(ctx context.Context, name string, of Template) error {
	template, err := s.templateOf(ctx, of)
	if err != nil {
		return err
	}
	_, err = s.admin.ExecContext(ctx, fmt.Sprintf(`CREATE DATABASE %q TEMPLATE %q STRATEGY FILE_COPY`, name, template))
	return err
}

// at returns the address of another database on the same server.
func at(address, name string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err) // it has been connected to
	}
	u.Path = "/" + name
	return u.String()
}
