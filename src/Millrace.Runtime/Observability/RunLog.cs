using Microsoft.Extensions.Logging;

namespace Millrace.Runtime;

/// <summary>
/// Where the events of runs are logged; see <see cref="LogMessages"/>. It stands between the runner and the logging library, so
/// that a process that does not log never loads that.
/// </summary>
public sealed class RunLog(ILogger log)
{
    internal ILogger Log => log;
}
