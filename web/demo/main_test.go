package demo

import (
	"os"
	"testing"

	"wherefore/web/webtest"
)

func TestMain(m *testing.M) { os.Exit(webtest.Run(m)) }
