using System.Globalization;
using System.Text;

namespace Millrace.Scenarios.Crash;

/// <summary>
/// A folder of CSV files with events: id, ts and k. Rows of later files have later times, within a file they are a little out of
/// order. Files take their names when they are whole.
/// </summary>
/// <param name="folder">Where the files are.</param>
/// <param name="header">Names of columns.</param>
/// <param name="row">Other rows than those.</param>
internal sealed class EventInbox(string folder, string header = "id,ts,k", Func<int, string>? row = null)
{
    private const int Keys = 7;
    private const int SecondsPerRow = 3;

    private static readonly DateTime Begin = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private int _files;

    /// <summary>The table over it, as statements define it.</summary>
    public static string Definition(string path) => $"(id BIGINT, ts TIMESTAMP, k VARCHAR, WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) WITH (path = '{path}', format = 'csv', follow = 'true', poll = '20ms', watermark.idle.timeout = '10ms')";

    /// <summary>Rows so far: ids are 0 up to it.</summary>
    public int Rows { get; private set; }

    public static DateTime Time(int id) => Begin.AddSeconds((id * SecondsPerRow) - (id * 7919 % 3));

    public static string Key(int id) => string.Create(CultureInfo.InvariantCulture, $"k{id * 31 % Keys}");

    public static string Row(int id, DateTime time) => string.Create(CultureInfo.InvariantCulture, $"{id},{time:yyyy-MM-ddTHH:mm:ss},{Key(id)}");

    public void AddFile(int rows)
    {
        var text = new StringBuilder(header + "\n");
        int first = Rows;
        for (; Rows < first + rows; Rows++)
        {
            text.Append(row is null ? Row(Rows, Time(Rows)) : row(Rows)).Append('\n');
        }

        Directory.CreateDirectory(folder);
        string name = string.Create(CultureInfo.InvariantCulture, $"{_files++:D5}.csv");
        File.WriteAllText(Path.Combine(folder, "." + name), text.ToString());
        File.Move(Path.Combine(folder, "." + name), Path.Combine(folder, name));
    }

    /// <summary>Rows by minute and key as a windowed aggregate gives them: start, key, count, sum of ids.</summary>
    public static IEnumerable<string> Windows(IEnumerable<int> ids) => Windows(ids, Time);

    public static IEnumerable<string> Windows(IEnumerable<int> ids, Func<int, DateTime> time)
        => ids.GroupBy(id => (Start: time(id).Ticks / TimeSpan.TicksPerMinute, K: Key(id)))
            .Select(g => $"{new DateTime(g.Key.Start * TimeSpan.TicksPerMinute, DateTimeKind.Utc):yyyy-MM-ddTHH:mm:ss},{g.Key.K},{g.Count()},{g.Sum(i => (long)i)}");
}
