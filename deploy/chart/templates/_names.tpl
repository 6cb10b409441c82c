{{/* The name of everything that is made; a CronJob leaves eleven characters of 63 to its jobs. */}}
{{- define "selfsame.name" -}}
{{- if contains "selfsame" .Release.Name }}{{ .Release.Name | trunc 52 | trimSuffix "-" }}{{ else }}{{ printf "%s-selfsame" (.Release.Name | trunc 43 | trimSuffix "-") }}{{ end }}
{{- end }}

{{- define "selfsame.selector" -}}
app.kubernetes.io/name: selfsame
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "selfsame.labels" -}}
{{ include "selfsame.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}
