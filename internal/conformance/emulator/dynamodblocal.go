package emulator

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
)

// DynamoDBLocal starts DynamoDB Local, which is AWS's own. It keeps its tables in memory.
func DynamoDBLocal(ctx context.Context, folder string) (*Server, error) {
	if _, err := exec.LookPath("java"); err != nil {
		return nil, fmt.Errorf("find a Java: %w: install a JDK of version 17 or later", err)
	}
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	jars := filepath.Join(root, ".tools", "dynamodb-local")
	if _, err := os.Stat(jars); err != nil {
		return nil, fmt.Errorf("find DynamoDB Local: %w: run `make dynamodb-local`", err)
	}
	return start(ctx, spec{
		program: "java",
		args: []string{
			"-Xmx512m", "-XX:TieredStopAtLevel=1", // it does not live long enough for more
			"-Djava.library.path=" + jars, "-cp", filepath.Join(jars, "*"),
			filepath.Join(root, "tools", "dynamodb-local", "Loopback.java"), "{port}",
		},
		ready: Request{
			Service: "dynamodb", Method: http.MethodPost, Path: "/", ContentType: "application/x-amz-json-1.0",
			Target: "DynamoDB_20120810.ListTables", Body: []byte("{}"),
		},
		folder: folder,
	})
}

// moduleRoot returns the folder of this module.
func moduleRoot() (string, error) {
	folder, err := os.Getwd()
	for err == nil {
		if _, err = os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		if parent := filepath.Dir(folder); parent != folder {
			folder, err = parent, nil
		}
	}
	return "", fmt.Errorf("find the module: %w", err)
}
