{{/* Settings that the chart itself gives, by name, as YAML: each a value or where it comes from. */}}
{{- define "isocenter.givenEnv" -}}
{{- $ := .root -}}
{{- $secrets := $.Values.secrets -}}
PORT: {value: "8080"}
METRICS_PORT: {value: {{ $.Values.metrics.port | quote }}}
API_KEYS_FILE: {value: /etc/isocenter/api-keys/keys.json}
RESULT_CACHE_DIR: {value: /var/cache/isocenter}
{{- range $app, $_ := omit $.Values.services "gateway" }}
{{ $app | replace "-" "_" | upper }}_URL: {value: "{{ include "isocenter.scheme" (dict "root" $ "app" $app) }}://{{ include "isocenter.fullname" $ }}-{{ $app }}:8080"}
{{- end }}
{{- if not .migrate }}
SERVICE_SECRET: {valueFrom: {secretKeyRef: {name: {{ include "isocenter.serviceSecret" $ | quote }}, key: {{ $secrets.service.secretKey | quote }}}}}
{{- if $secrets.serviceTls.existingSecret }}
SERVICE_TLS_CERT: {value: /etc/isocenter/service-tls/tls.crt}
SERVICE_TLS_KEY: {value: /etc/isocenter/service-tls/tls.key}
SERVICE_TLS_CA: {value: /etc/isocenter/service-tls/ca.crt}
{{- end }}
{{- end }}
{{- with $secrets.kafkaSasl }}{{ if .existingSecret }}
KAFKA_SASL_USERNAME: {valueFrom: {secretKeyRef: {name: {{ .existingSecret | quote }}, key: {{ .usernameKey | quote }}}}}
KAFKA_SASL_PASSWORD: {valueFrom: {secretKeyRef: {name: {{ .existingSecret | quote }}, key: {{ .passwordKey | quote }}}}}
{{- end }}{{ end }}
{{- with $secrets.kafkaTls }}{{ if .existingSecret }}
{{- if .caKey }}
KAFKA_TLS_CA: {value: /etc/isocenter/kafka-tls/ca.crt}
{{- end }}
{{- if .certKey }}
KAFKA_TLS_CERT: {value: /etc/isocenter/kafka-tls/tls.crt}
KAFKA_TLS_KEY: {value: /etc/isocenter/kafka-tls/tls.key}
{{- end }}
{{- end }}{{ end }}
{{- with $secrets.exportDestinations }}{{ if .existingSecret }}
EXPORT_DESTINATIONS: {valueFrom: {secretKeyRef: {name: {{ .existingSecret | quote }}, key: {{ .destinationsKey | quote }}}}}
{{- end }}{{ end }}
{{- with $secrets.importSources }}{{ if .existingSecret }}
IMPORT_SOURCES: {valueFrom: {secretKeyRef: {name: {{ .existingSecret | quote }}, key: {{ .sourcesKey | quote }}}}}
{{- end }}{{ end }}
{{- with $secrets.mongodb }}
MONGODB_URL: {valueFrom: {secretKeyRef: {name: {{ required "secrets.mongodb.existingSecret is needed: the secret with the connection string of MongoDB." .existingSecret | quote }}, key: {{ .urlKey | quote }}}}}
{{- end }}
{{- with $secrets.s3 }}
S3_ACCESS_KEY: {valueFrom: {secretKeyRef: {name: {{ required "secrets.s3.existingSecret is needed: the secret with the access key and the secret key of S3." .existingSecret | quote }}, key: {{ .accessKeyKey | quote }}}}}
S3_SECRET_KEY: {valueFrom: {secretKeyRef: {name: {{ .existingSecret | quote }}, key: {{ .secretKeyKey | quote }}}}}
{{- end }}
{{- end -}}

{{/* The environment of an app: (dict "root" $ "app" "ingest"); with "migrate" true that of the migration. */}}
{{- define "isocenter.env" -}}
{{- $ := .root -}}
{{- $app := .app -}}
{{- $given := include "isocenter.givenEnv" . | fromYaml -}}
{{- $table := $.Files.Get "files/settings.json" | fromJson -}}
{{- $settings := $.Values.settings -}}
{{- if and $.Values.secrets.kafkaTls.existingSecret (not $settings.KAFKA_TLS) }}{{ fail "secrets.kafkaTls.existingSecret is set, but settings.KAFKA_TLS is not true: the brokers would be spoken to without TLS." }}{{ end -}}
{{- range $name := index $table.apps $app }}
{{- if hasKey $given $name }}
- name: {{ $name }}
  {{- toYaml (index $given $name) | nindent 2 }}
{{- else if hasKey $settings $name }}
{{- $value := index $settings $name }}
- name: {{ $name }}
  value: {{ ternary (printf "%d" (int64 $value)) (toString $value) (kindIs "float64" $value) | quote }}
{{- else if hasKey $table.needed $name }}
{{- fail (printf "settings.%s is needed: %s." $name (index $table.needed $name)) }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The files that the environment of an app names; arguments as of isocenter.env. */}}
{{- define "isocenter.volumes" -}}
{{- $settings := index (include "isocenter.apps" .root | fromJson) .app -}}
{{- $secrets := .root.Values.secrets -}}
- name: tmp
  emptyDir: {}
{{- if and (has "RESULT_CACHE_DIR" $settings) (not .migrate) }}
- name: results
  emptyDir:
    # A pod that exceeds it is ended, so there is some room behind what the process keeps to, and as much once more for what a container
    # that was killed left: that goes two minutes later.
    sizeLimit: {{ add (div (mul (int64 (.root.Values.settings.RESULT_CACHE_BYTES | default 1073741824)) 9) 4) 67108864 | quote }}
{{- end }}
{{- if has "API_KEYS_FILE" $settings }}
- name: api-keys
  secret:
    secretName: {{ required "secrets.apiKeys.existingSecret is needed: the secret with the file of API keys, which `npm run key` makes. Without one the gateway does not start on an address that others can reach." $secrets.apiKeys.existingSecret }}
    defaultMode: 0440
    items: [{key: {{ $secrets.apiKeys.fileKey | quote }}, path: keys.json}]
{{- end }}
{{- $migrate := .migrate -}}
{{- with $secrets.serviceTls }}{{ if and .existingSecret (not $migrate) }}
- name: service-tls
  secret:
    secretName: {{ .existingSecret }}
    defaultMode: 0440
    items: [{key: {{ .certKey | quote }}, path: tls.crt}, {key: {{ .keyKey | quote }}, path: tls.key}, {key: {{ .caKey | quote }}, path: ca.crt}]
{{- end }}{{ end }}
{{- with $secrets.kafkaTls }}{{ if and .existingSecret (has "KAFKA_TLS" $settings) }}
- name: kafka-tls
  secret:
    secretName: {{ .existingSecret }}
    defaultMode: 0440
    items:
      {{- if .caKey }}
      - {key: {{ .caKey | quote }}, path: ca.crt}
      {{- end }}
      {{- if .certKey }}
      - {key: {{ .certKey | quote }}, path: tls.crt}
      - {key: {{ required "secrets.kafkaTls.keyKey belongs to certKey." .keyKey | quote }}, path: tls.key}
      {{- end }}
{{- end }}{{ end }}
{{- end -}}

{{/* Where the volumes of isocenter.volumes are mounted. */}}
{{- define "isocenter.volumeMounts" -}}
{{- range include "isocenter.volumes" . | fromYamlArray }}
- name: {{ .name }}
  mountPath: {{ get (dict "tmp" "/tmp" "results" "/var/cache/isocenter") .name | default (printf "/etc/isocenter/%s" .name) }}
  {{- if not (has .name (list "tmp" "results")) }}
  readOnly: true
  {{- end }}
{{- end }}
{{- end -}}
