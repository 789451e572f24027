package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"stackrank/config"
	"stackrank/internal/evidence"
	"stackrank/internal/report"
	"stackrank/internal/work"
)

// maxEvidence is the largest file of evidence that is read, in bytes.
const maxEvidence = 256 << 20

// evidence reads the files of evidence of a backlog. Half of the evidence would
// rank wrong, so the error names every file that cannot be read.
func (o *opener) evidence(b config.Backlog) ([]evidence.File, error) {
	var files []evidence.File
	var errs []error
	for _, name := range b.Policy.Evidence {
		f, err := o.evidenceFile(b, name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		files = append(files, f)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, outcome{exitUsage, err}
	}
	return files, nil
}

func (o *opener) evidenceFile(b config.Backlog, name string) (evidence.File, error) {
	path := o.config.Path(name)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return evidence.File{}, fmt.Errorf("evidence %s: no such file; put it there, or take it out of policy.evidence", path)
	}
	if err != nil {
		return evidence.File{}, fmt.Errorf("evidence: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(io.LimitReader(f, maxEvidence+1))
	switch {
	case err != nil:
		return evidence.File{}, fmt.Errorf("evidence: %w", err)
	case len(data) > maxEvidence:
		return evidence.File{}, fmt.Errorf("evidence %s: larger than %d bytes; split it, or leave old rows out", path, maxEvidence)
	}
	return evidence.Parse(name, data, b.Timezone.Location())
}

// checkEvidence prints what the files of evidence lack, and gives how many
// cannot be read.
func (a *app) checkEvidence(open *opener, b config.Backlog) int {
	failed := 0
	for _, name := range b.Policy.Evidence {
		fmt.Fprintf(a.out, "%s  evidence %s\n", b.Name, report.Clean(name))
		f, err := open.evidenceFile(b, name)
		if err != nil {
			failed++
			f.Findings = []work.Finding{{Level: work.Failure, Message: work.Plain(err)}}
		} else {
			f.Findings = append(f.Findings, work.Finding{Message: fmt.Sprintf("Rows that can be read: %d.", len(f.Rows))})
		}
		a.printFindings(f.Findings)
	}
	return failed
}
