{{- define "isocenter.name" -}}
{{ default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" }}
{{- end -}}

{{- define "isocenter.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{ .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains (include "isocenter.name" .) .Release.Name -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-%s" .Release.Name (include "isocenter.name" .) | trunc 40 | trimSuffix "-" }}
{{- end -}}
{{- end -}}

{{/* What never changes in the life of a release: (dict "root" $ "app" "ingest"). */}}
{{- define "isocenter.selector" -}}
app.kubernetes.io/name: {{ include "isocenter.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .app }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{- define "isocenter.labels" -}}
{{ include "isocenter.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "isocenter.image" -}}
{{- $image := .root.Values.image -}}
{{- with $image.registry }}{{ . }}/{{ end }}{{ $image.repository }}/{{ .app }}:{{ default .root.Chart.AppVersion $image.tag }}
{{- end -}}

{{- define "isocenter.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ default (include "isocenter.fullname" .) .Values.serviceAccount.name }}{{ else }}{{ default "default" .Values.serviceAccount.name }}{{ end }}
{{- end -}}

{{- define "isocenter.serviceSecret" -}}
{{ default (printf "%s-service" (include "isocenter.fullname" .)) .Values.secrets.service.existingSecret }}
{{- end -}}

{{/* The scheme in which the gateway and the probes speak to an app. */}}
{{- define "isocenter.scheme" -}}
{{- if and .root.Values.secrets.serviceTls.existingSecret (ne .app "gateway") }}https{{ else }}http{{ end }}
{{- end -}}

{{/* What differs for an app put over what all have, as YAML. */}}
{{- define "isocenter.workload" -}}
{{- toYaml (mergeOverwrite (deepCopy .root.Values.defaults) (deepCopy (default dict (index .root.Values.services .app)))) -}}
{{- end -}}

{{/* The apps with the settings of each, from files/settings.json, which is made of the table of settings. */}}
{{- define "isocenter.apps" -}}
{{ (.Files.Get "files/settings.json" | fromJson).apps | toJson }}
{{- end -}}
