package uncertain

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

var sizes = []int{1_000, 10_000, 100_000}

func BenchmarkExpectedRanks(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			items := backlog(rand.New(rand.NewPCG(1, 2)), n, continua)
			b.ReportAllocs()
			for b.Loop() {
				ExpectedRanks(items)
			}
		})
	}
}

func BenchmarkJudge(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 20_000, 20_001, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			items := backlog(rand.New(rand.NewPCG(1, 2)), n, continua)
			b.ReportAllocs()
			for b.Loop() {
				Judge(items, Options{Top: 20})
			}
		})
	}
}

func BenchmarkAskNext(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			items := backlog(rand.New(rand.NewPCG(1, 2)), n, continua)
			questions := make([]Question, n)
			for i, it := range items {
				questions[i] = Question{it.Key, "effort", it.Sigma}
			}
			b.ReportAllocs()
			for b.Loop() {
				AskNext(items, 20, questions)
			}
		})
	}
}
