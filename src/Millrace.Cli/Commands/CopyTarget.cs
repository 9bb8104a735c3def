using Millrace.Runtime;
using Millrace.Sdk;

namespace Millrace.Cli;

/// <summary>Where <c>millrace copy</c> writes, and in which mode: the command line decides, else the location.</summary>
internal static class CopyTarget
{
    private const string IfExists = "if_exists";

    /// <param name="location">As given.</param>
    /// <param name="extra">Options of the target on the command line.</param>
    /// <param name="mode">Mode on the command line.</param>
    /// <param name="mayExist">Whether a target that exists is added to when no mode is given.</param>
    public static (Endpoint Target, WriteMode? Mode) Of(string location, OptionMap extra, WriteMode? mode, bool mayExist)
    {
        Location parsed = Location.Parse(location);
        bool saysMode = parsed.Query.Any(q => q.Key is "write");
        Type? record = Composition.Connectors.ForLocation(parsed).Value.SinkOptions;
        if (mode is null && !saysMode && !mayExist && record is not null && OptionInfo.Of(record).Any(o => o.Name == IfExists))
        {
            extra.Set(IfExists, new OptionScalar("error", new ErrorPlace { File = "command line" }));
        }

        Endpoint target = Endpoint.OfLocation(location, ConnectorRole.Target, Composition.Connectors, extra);
        return (target, mode ?? target.Settings.Write);
    }

    public static WriteMode? ModeOf(string? name) => name switch
    {
        "append" => WriteMode.Append,
        "overwrite" => WriteMode.Overwrite,
        "merge" => WriteMode.Merge,
        "snapshot_diff" => WriteMode.SnapshotDiff,
        "scd2" => WriteMode.Scd2,
        _ => null,
    };

    /// <summary>Refuses what the connectors cannot do.</summary>
    public static void Check(Endpoint source, ReadMode reads, Endpoint target, WriteMode? writes)
    {
        var faults = new OptionFaults();
        source.CheckMode(reads, new ErrorPlace { File = "source" }, faults);
        target.CheckMode(writes ?? WriteMode.Append, new ErrorPlace { File = "target" }, faults);
        faults.ThrowIfAny();
    }
}
