package main

import (
	"fmt"
	"log/slog"
	"math"
	"runtime"
	"runtime/debug"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// limitMemory takes nine tenths of the container's memory as the limit of the Go
// runtime, which collects garbage more often when it comes near. GOMEMLIMIT has
// precedence. The number of processors is the container's without our help.
func limitMemory(log *slog.Logger, container memlimit.Provider) {
	if _, err := memlimit.Set(memlimit.WithProvider(container)); err != nil {
		log.Warn("the memory limit of the container is unknown; GOMEMLIMIT can say it", "error", err)
	}
	limit := "none"
	if bytes := debug.SetMemoryLimit(-1); bytes < math.MaxInt64 {
		limit = fmt.Sprintf("%d MiB", bytes>>20)
	}
	log.Info("limits of this process", "memory", limit, "processors", runtime.GOMAXPROCS(0))
}
