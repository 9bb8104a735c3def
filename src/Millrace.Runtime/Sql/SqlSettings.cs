using System.Globalization;
using Millrace.Sdk;
using Millrace.Sql.Functions;

namespace Millrace.Runtime.Sql;

/// <summary>What a session can be told with <c>SET</c>.</summary>
public sealed class SqlSettings
{
    private static readonly Setting[] Known =
    [
        new("threads", "Lanes that a query keeps busy.", s => s.Threads.ToString(CultureInfo.InvariantCulture), static (s, text) =>
        {
            bool ok = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int threads) && threads is >= 1 and <= Pipeline.MaxThreads;
            s.Threads = ok ? threads : s.Threads;
            return ok ? null : $"a whole number from 1 to {Pipeline.MaxThreads}";
        }),
        new("memory_limit", "Memory that the operators of a query may keep before they use the disk.", s => s.Memory.ToString(), static (s, text) =>
        {
            bool ok = ByteSize.TryParse(text, out ByteSize size) && size.Bytes > 0;
            s.Memory = ok ? size : s.Memory;
            return ok ? null : "a size such as 512MiB";
        }),
        new("spill_folder", "Folder for what does not fit in memory.", s => s.SpillFolder, static (s, text) =>
        {
            s.SpillFolder = text;
            return text.Length > 0 ? null : "a folder";
        }),
        new("on_error", "What happens to rows that cannot be read or computed: fail, or skip, which leaves them out and counts them.", s => s.SkipsBadRows ? "skip" : "fail", static (s, text) =>
        {
            s.SkipsBadRows = text.Equals("skip", StringComparison.OrdinalIgnoreCase);
            return s.SkipsBadRows || text.Equals("fail", StringComparison.OrdinalIgnoreCase) ? null : "fail or skip";
        }),
        new("time_zone", "Zone in which timestamps without one become instants, and instants dates and times: an IANA name or an offset; local is that of the machine, default UTC.", s => s.TimeZone.Id, static (s, text) =>
        {
            TimeZoneInfo? zone = text.ToUpperInvariant() switch
            {
                "LOCAL" => TimeZoneInfo.Local,
                "DEFAULT" => TimeZoneInfo.Utc,
                _ => TimeZones.Find(text),
            };
            s.TimeZone = zone ?? s.TimeZone;
            return zone is null ? $"an IANA name such as Europe/Berlin, an offset such as +02:00, or UTC{NearestName.Suggest(text, TimeZones.Names)}" : null;
        }),
        new("mode", "How statements are run: auto, on and on where a table has no end; or streaming, also where all tables end.", s => s.Streams ? "streaming" : "auto", static (s, text) =>
        {
            s.Streams = text.Equals("streaming", StringComparison.OrdinalIgnoreCase);
            return s.Streams || text.Equals("auto", StringComparison.OrdinalIgnoreCase) ? null : "auto or streaming";
        }),
        new("drain", "Whether statements that run on read what there is, close all windows and end, instead of waiting for more: on or off.", s => s.Drains ? "on" : "off", static (s, text) =>
        {
            s.Drains = text.ToUpperInvariant() is "ON" or "TRUE";
            return s.Drains || text.ToUpperInvariant() is "OFF" or "FALSE" ? null : "on or off";
        }),
        new("seed", "Where random() begins, so that it gives the same numbers again; none for chance.", s => s.Seed?.ToString(CultureInfo.InvariantCulture) ?? "none", static (s, text) =>
        {
            if (text.Equals("none", StringComparison.OrdinalIgnoreCase))
            {
                s.Seed = null;
                return null;
            }

            bool ok = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int seed);
            s.Seed = ok ? seed : s.Seed;
            return ok ? null : "a whole number, or none";
        }),
    ];

    public int Threads { get; set; } = Environment.ProcessorCount;

    public ByteSize Memory { get; set; } = new(Math.Max(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * 6 / 10, 256 << 20));

    public string SpillFolder { get; set; } = Path.Combine(Path.GetTempPath(), "millrace-spill");

    /// <summary>Whether bad rows are left out and counted; otherwise the first one ends the statement.</summary>
    public bool SkipsBadRows { get; set; }

    /// <summary>Whether all statements with a target run as queries that run on.</summary>
    public bool Streams { get; set; }

    /// <summary>Whether queries that run on end when they have read what there is.</summary>
    public bool Drains { get; set; }

    public TimeZoneInfo TimeZone { get; set; } = TimeZoneInfo.Utc;

    public int? Seed { get; set; }

    /// <summary>Name, value and meaning of each.</summary>
    public IEnumerable<(string Name, string Value, string Doc)> All => Known.Select(k => (k.Name, k.Get(this), k.Doc));

    /// <summary>Sets one by name, and says its name and value then.</summary>
    public (string Name, string Value) Set(string name, string value, ErrorPlace place)
    {
        // PostgreSQL and DuckDB write timezone.
        Setting setting = Array.Find(Known, k => k.Name.Equals(name.Equals("timezone", StringComparison.OrdinalIgnoreCase) ? "time_zone" : name, StringComparison.OrdinalIgnoreCase))
            ?? throw SqlErrors.UnknownSetting.Error($"There is no setting '{name}'{NearestName.Suggest(name, Known.Select(k => k.Name))}.", place);
        if (setting.Set(this, value) is { } expected)
        {
            throw SqlErrors.BadSetting.Error($"'{value}' is no value for {setting.Name}; it takes {expected}.", place);
        }

        return (setting.Name, setting.Get(this));
    }

    // Set gives what was expected instead, or null.
    private sealed record Setting(string Name, string Doc, Func<SqlSettings, string> Get, Func<SqlSettings, string, string?> Set);
}
