/* A library that answers like NVML, with answers from a file.

   The variable REPLAY_NVML names the file; it is read again at each call, so a test can change the world meanwhile. Its
   lines are `function[:argument...].device = code value value...`, as `python cli.py gpu record` writes them; `hang` in
   place of the code keeps the caller waiting for as long as the file says so. What has no line is not supported (3).
   Without the variable there is no driver (9). A device is `0`, `1`, ...; its n-th MIG part `0/n`; the driver itself `-`. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long long number;
typedef void *handle;
enum { OK = 0, INVALID = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, TOO_SMALL = 7, NO_DRIVER = 9, TIMED_OUT = 10 };
enum { VALUES = 512, LINE = 8192 };

static int search(const char *key, char *values) {
  const char *path = getenv("REPLAY_NVML");
  FILE *file = path ? fopen(path, "r") : NULL;
  char line[LINE], code[32];
  int found = NOT_SUPPORTED, at;
  if (!file) return NO_DRIVER;
  values[0] = 0;
  while (fgets(line, sizeof line, file)) {
    char *equals = strstr(line, " = ");
    if (!equals || line[0] == '#') continue;
    *equals = 0;
    if (strcmp(line, key)) continue;
    if (sscanf(equals + 3, "%31s%n", code, &at) < 1) continue;
    found = strcmp(code, "hang") ? atoi(code) : -1;
    char *rest = equals + 3 + at;
    if (*rest == ' ') rest++;
    snprintf(values, LINE, "%s", rest);
    values[strcspn(values, "\n")] = 0;
  }
  fclose(file);
  return found;
}

static int answer_text(const char *function, const char *arguments, handle device, char *values) {
  char key[256], name[32] = "-";
  long place = (long)device - 1;
  if (place >= 1000) snprintf(name, sizeof name, "%ld/%ld", place / 1000 - 1, place % 1000);
  else if (place >= 0) snprintf(name, sizeof name, "%ld", place);
  snprintf(key, sizeof key, "%s%s.%s", function, arguments, name);
  int code;
  while ((code = search(key, values)) == -1) usleep(20000);
  return code;
}

static int answer(const char *function, const char *arguments, handle device, number *out, int *count) {
  char values[LINE], *rest = values, *end;
  int code = answer_text(function, arguments, device, values), n = 0;
  for (; code == OK && n < VALUES; rest = end, n++) {
    out[n] = strtoull(rest, &end, 10);
    if (end == rest) break;
  }
  *count = n;
  return code;
}

static const char *colon(unsigned first) { static __thread char text[16]; snprintf(text, sizeof text, ":%u", first); return text; }

#define STRING(name, symbol) \
  int symbol(handle d, char *out, unsigned size) { \
    char v[LINE]; int code = answer_text(#name, "", d, v); if (code == OK) snprintf(out, size, "%s", v); return code; }
#define NUMBER(name, type) \
  int name(handle d, type *out) { \
    number v[VALUES]; int n, code = answer(#name, "", d, v, &n); if (code == OK) *out = (type)v[0]; return code; }
#define NUMBER_OF(name) \
  int name(handle d, unsigned which, unsigned *out) { \
    number v[VALUES]; int n, code = answer(#name, colon(which), d, v, &n); if (code == OK) *out = (unsigned)v[0]; return code; }
#define PAIR(name) \
  int name(handle d, int *a, int *b) { \
    number v[VALUES]; int n, code = answer(#name, "", d, v, &n); if (code == OK) { *a = (int)v[0]; *b = (int)v[1]; } return code; }

int nvmlInitWithFlags(unsigned flags) {
  char v[LINE];
  (void)flags;
  int code = answer_text("nvmlInit", "", NULL, v);
  return code == NOT_SUPPORTED ? OK : code;
}
int nvmlShutdown(void) { return OK; }
const char *nvmlErrorString(int code) { (void)code; return "replayed error"; }
int nvmlSystemGetDriverVersion(char *out, unsigned size) {
  char v[LINE]; int code = answer_text("nvmlSystemGetDriverVersion", "", NULL, v);
  if (code == OK) snprintf(out, size, "%s", v);
  return code;
}
int nvmlSystemGetCudaDriverVersion(int *out) {
  number v[VALUES]; int n, code = answer("nvmlSystemGetCudaDriverVersion", "", NULL, v, &n);
  if (code == OK) *out = (int)v[0];
  return code;
}
int nvmlDeviceGetCount_v2(unsigned *out) {
  number v[VALUES]; int n, code = answer("nvmlDeviceGetCount", "", NULL, v, &n);
  if (code == OK) *out = (unsigned)v[0];
  return code;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, handle *out) {
  char v[LINE];
  *out = (handle)(long)(index + 1);
  int code = answer_text("nvmlDeviceGetHandleByIndex", "", *out, v);
  return code == NOT_SUPPORTED ? OK : code;
}

STRING(nvmlDeviceGetUUID, nvmlDeviceGetUUID)
STRING(nvmlDeviceGetName, nvmlDeviceGetName)
PAIR(nvmlDeviceGetCudaComputeCapability)
PAIR(nvmlDeviceGetMigMode)
NUMBER(nvmlDeviceGetEnforcedPowerLimit, unsigned)
NUMBER(nvmlDeviceGetMaxPcieLinkGeneration, unsigned)
NUMBER(nvmlDeviceGetMaxPcieLinkWidth, unsigned)
NUMBER(nvmlDeviceGetCurrPcieLinkGeneration, unsigned)
NUMBER(nvmlDeviceGetCurrPcieLinkWidth, unsigned)
NUMBER(nvmlDeviceGetPcieReplayCounter, unsigned)
NUMBER(nvmlDeviceGetPowerUsage, unsigned)
NUMBER(nvmlDeviceGetFanSpeed, unsigned)
NUMBER(nvmlDeviceGetPerformanceState, unsigned)
NUMBER(nvmlDeviceGetTotalEnergyConsumption, number)
NUMBER(nvmlDeviceGetCurrentClocksEventReasons, number)
NUMBER(nvmlDeviceGetMaxMigDeviceCount, unsigned)
NUMBER(nvmlDeviceGetGpuInstanceId, unsigned)
NUMBER(nvmlDeviceGetSupportedEventTypes, number)
NUMBER_OF(nvmlDeviceGetMaxClockInfo)
NUMBER_OF(nvmlDeviceGetClockInfo)
NUMBER_OF(nvmlDeviceGetTemperature)
NUMBER_OF(nvmlDeviceGetPcieThroughput)

/* Counters of activity (GPM): a sample only knows its device; `nvmlGpmMetric:N.device = 0 value` is the metric N, the
   same whatever time lies between the samples. Here `0/n` is the instance n of a GPU that MIG cut. */
struct gpm_support { unsigned version, is_supported; };
int nvmlGpmQueryDeviceSupport(handle d, struct gpm_support *out) {
  number v[VALUES]; int n, code = answer("nvmlGpmQueryDeviceSupport", "", d, v, &n);
  if (code == OK) out->is_supported = (unsigned)v[0];
  return code;
}
struct gpm_sample { handle device; };
int nvmlGpmSampleAlloc(struct gpm_sample **out) { *out = calloc(1, sizeof **out); return OK; }
int nvmlGpmSampleFree(struct gpm_sample *sample) { free(sample); return OK; }
int nvmlGpmSampleGet(handle d, struct gpm_sample *sample) {
  char v[LINE];
  int code = answer_text("nvmlGpmSampleGet", "", d, v);
  sample->device = d;
  return code == NOT_SUPPORTED ? OK : code;
}
int nvmlGpmMigSampleGet(handle d, unsigned instance, struct gpm_sample *sample) {
  return nvmlGpmSampleGet((handle)(((long)d * 1000) + instance + 1), sample);
}
struct gpm_metric { unsigned id; int code; double value; const char *names[3]; };
struct gpm_request { unsigned version, count; struct gpm_sample *before, *after; struct gpm_metric metrics[]; };
int nvmlGpmMetricsGet(struct gpm_request *request) {
  char v[LINE];
  if (!request->before->device || request->before->device != request->after->device) return INVALID;
  for (unsigned i = 0; i < request->count; i++) {
    struct gpm_metric *metric = &request->metrics[i];
    metric->code = answer_text("nvmlGpmMetric", colon(metric->id), request->after->device, v);
    metric->value = strtod(v, NULL);
  }
  return OK;
}

/* Fields: `nvmlDeviceGetFieldValues:N.device = 0 value`, of all links together. */
struct field { unsigned id, scope; long long at, latency; int type, code; number value; };
int nvmlDeviceGetFieldValues(handle d, int count, struct field *fields) {
  for (int i = 0; i < count; i++) {
    number v[VALUES]; int n;
    fields[i].code = answer("nvmlDeviceGetFieldValues", colon(fields[i].id), d, v, &n);
    fields[i].value = fields[i].code == OK ? v[0] : 0;
  }
  return OK;
}

int nvmlDeviceGetTotalEccErrors(handle d, int kind, int counter, number *out) {
  number v[VALUES]; char arguments[32]; int n;
  snprintf(arguments, sizeof arguments, ":%d:%d", kind, counter);
  int code = answer("nvmlDeviceGetTotalEccErrors", arguments, d, v, &n);
  if (code == OK) *out = v[0];
  return code;
}

struct pci { char legacy[16]; unsigned domain, bus, device, id, subsystem; char bus_id[32]; };
int nvmlDeviceGetPciInfo_v3(handle d, struct pci *out) {
  char v[LINE]; int code = answer_text("nvmlDeviceGetPciInfo", "", d, v);
  memset(out, 0, sizeof *out);
  if (code == OK) snprintf(out->bus_id, sizeof out->bus_id, "%.31s", v);
  return code;
}

struct memory { number total, free, used; };
int nvmlDeviceGetMemoryInfo(handle d, struct memory *out) {
  number v[VALUES]; int n, code = answer("nvmlDeviceGetMemoryInfo", "", d, v, &n);
  if (code == OK) { out->total = v[0]; out->free = v[1]; out->used = v[2]; }
  return code;
}

struct utilization { unsigned gpu, memory; };
int nvmlDeviceGetUtilizationRates(handle d, struct utilization *out) {
  number v[VALUES]; int n, code = answer("nvmlDeviceGetUtilizationRates", "", d, v, &n);
  if (code == OK) { out->gpu = (unsigned)v[0]; out->memory = (unsigned)v[1]; }
  return code;
}

/* Processes: pid and bytes by turns; 18446744073709551615 bytes are unknown. */
struct process { unsigned pid; number memory; unsigned gpu_instance, compute_instance; };
static int processes(const char *function, handle d, unsigned *count, struct process *out) {
  number v[VALUES]; int n, code = answer(function, "", d, v, &n);
  unsigned there = (unsigned)n / 2, room = *count;
  if (code != OK) return code;
  *count = there;
  if (there > room) return TOO_SMALL;
  for (unsigned i = 0; i < there; i++) out[i] = (struct process){(unsigned)v[2 * i], v[2 * i + 1], ~0u, ~0u};
  return OK;
}
int nvmlDeviceGetComputeRunningProcesses_v3(handle d, unsigned *count, struct process *out) {
  return processes("nvmlDeviceGetComputeRunningProcesses", d, count, out);
}
int nvmlDeviceGetGraphicsRunningProcesses_v3(handle d, unsigned *count, struct process *out) {
  return processes("nvmlDeviceGetGraphicsRunningProcesses", d, count, out);
}

/* Process utilisation: pid and percent by turns. */
struct share { unsigned pid; number at; unsigned sm, memory, encoder, decoder; };
int nvmlDeviceGetProcessUtilization(handle d, struct share *out, unsigned *count, number since) {
  number v[VALUES]; int n, code = answer("nvmlDeviceGetProcessUtilization", "", d, v, &n);
  unsigned there = (unsigned)n / 2;
  if (code != OK) return code;
  if (!there) return NOT_FOUND;
  if (!out || *count < there) { *count = there; return TOO_SMALL; }
  for (unsigned i = 0; i < there; i++) out[i] = (struct share){(unsigned)v[2 * i], since + 1, (unsigned)v[2 * i + 1], 0, 0, 0};
  *count = there;
  return OK;
}

int nvmlDeviceGetMigDeviceHandleByIndex(handle d, unsigned index, handle *out) {
  char v[LINE];
  *out = (handle)(((long)d * 1000) + index + 1);
  int code = answer_text("nvmlDeviceGetUUID", "", *out, v);
  return code == NOT_SUPPORTED ? NOT_FOUND : code;
}

/* Events: `event.N = 0 device xid`, each handed out once, in order; then time runs out. */
struct event { handle device; number type, data; unsigned gpu_instance, compute_instance; };
static int handed_out;
int nvmlEventSetCreate(handle *out) { handed_out = 0; *out = (handle)1; return OK; }
int nvmlEventSetFree(handle set) { (void)set; return OK; }
int nvmlDeviceRegisterEvents(handle d, number types, handle set) {
  char v[LINE];
  (void)types; (void)set;
  int code = answer_text("nvmlDeviceRegisterEvents", "", d, v);
  return code;
}
int nvmlEventSetWait_v2(handle set, struct event *out, unsigned timeout_ms) {
  char key[32], v[LINE];
  (void)set;
  snprintf(key, sizeof key, "event.%d", handed_out);
  int code = search(key, v);
  if (code != OK) { usleep(1000 * (timeout_ms < 50 ? timeout_ms : 50)); return code == NOT_SUPPORTED ? TIMED_OUT : code; }
  handed_out++;
  char *end;
  long device = strtol(v, &end, 10);
  *out = (struct event){(handle)(device + 1), 8, strtoull(end, NULL, 10), ~0u, ~0u};
  return OK;
}
