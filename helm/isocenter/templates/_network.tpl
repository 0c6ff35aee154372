{{/* A rule of egress: (dict "ports" (list 9092) "to" (list)). No peers: anywhere. */}}
{{- define "isocenter.egressRule" -}}
- ports:
    {{- range .ports }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
  {{- with .to }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* What an app may reach: names, and the servers that its settings name. */}}
{{- define "isocenter.egress" -}}
{{- $ := .root -}}
{{- $settings := index (include "isocenter.apps" $ | fromJson) .app -}}
{{- $policy := $.Values.networkPolicy -}}
- ports:
    - {protocol: UDP, port: 53}
    - {protocol: TCP, port: 53}
{{- range $name, $server := dict "KAFKA_BROKERS" $policy.kafka "MONGODB_URL" $policy.mongodb "S3_ENDPOINT" $policy.s3 }}
{{- if has $name $settings }}
{{ include "isocenter.egressRule" $server }}
{{- end }}
{{- end }}
{{- if and (has "WEBHOOK_HOSTS" $settings) $.Values.settings.WEBHOOK_HOSTS }}
{{ include "isocenter.egressRule" $policy.webhooks }}
{{- end }}
{{- if eq .app "gateway" }}
- ports:
    - {protocol: TCP, port: 8080}
  to:
    - podSelector:
        matchLabels: {{- include "isocenter.selector" (dict "root" $) | nindent 10 }}
{{- end }}
{{- with $policy.extraEgress }}
{{ toYaml . }}
{{- end }}
{{- end -}}
