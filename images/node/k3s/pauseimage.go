package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"runtime"
)

// writePauseArchive packs the static pause program as an image archive, so that no image tool is needed to build the
// node. The result depends on the program alone.
func writePauseArchive(program, archive string) error {
	binary, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	layer, err := packed(map[string][]byte{"pause": binary}, 0o755, "pause")
	if err != nil {
		return err
	}
	sum := sha256.Sum256(layer)
	config, err := json.Marshal(map[string]any{
		"architecture": runtime.GOARCH,
		"os":           "linux",
		"config":       map[string]any{"Entrypoint": []string{"/pause"}, "User": "65535:65535"},
		"rootfs":       map[string]any{"type": "layers", "diff_ids": []string{"sha256:" + hex.EncodeToString(sum[:])}},
	})
	if err != nil {
		return err
	}
	manifest, err := json.Marshal([]map[string]any{{"Config": "config.json", "RepoTags": []string{defaultPauseImage}, "Layers": []string{"layer.tar"}}})
	if err != nil {
		return err
	}
	content, err := packed(map[string][]byte{"config.json": config, "layer.tar": layer, "manifest.json": manifest}, 0o644, "config.json", "layer.tar", "manifest.json")
	if err != nil {
		return err
	}
	return writeFile(archive, content, 0o644)
}

func packed(files map[string][]byte, mode int64, order ...string) ([]byte, error) {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, name := range order {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: mode, Size: int64(len(files[name]))}); err != nil {
			return nil, err
		}
		if _, err := w.Write(files[name]); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
