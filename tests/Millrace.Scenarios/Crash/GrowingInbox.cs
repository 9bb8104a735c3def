using System.Globalization;
using System.Text;

namespace Millrace.Scenarios.Crash;

/// <summary>
/// A folder of CSV files that a writer adds to while a job reads: whole files, rows at the end of files, and rows whose last
/// bytes come later. Row <c>n</c> is <c>n,name n*7919%1000</c>, with notes that have line breaks within quotes if so wished.
/// </summary>
internal sealed class GrowingInbox(string folder, Random random, bool hasNotes = false)
{
    private readonly string _header = hasNotes ? "id,name,note\n" : "id,name\n";
    private readonly string _end = hasNotes ? ",\"first\nsecond\"\n" : "\n";

    private readonly List<string> _files = [];
    private readonly Dictionary<string, string> _unfinished = [];

    /// <summary>Rows that were written, the unfinished ones included.</summary>
    public int Rows { get; private set; }

    /// <summary>Names without their folder.</summary>
    public IReadOnlyList<string> Files => _files;

    public static string Name(int id) => string.Create(CultureInfo.InvariantCulture, $"name {id * 7919L % 1000}");

    /// <summary>Adds a file, which takes its name when it is whole.</summary>
    public void AddFile(int rows)
    {
        Directory.CreateDirectory(folder);
        string name = string.Create(CultureInfo.InvariantCulture, $"{_files.Count:D4}.csv");
        string staged = Path.Combine(folder, "." + name);
        File.WriteAllText(staged, _header + Text(rows));
        File.Move(staged, Path.Combine(folder, name));
        _files.Add(name);
    }

    /// <summary>Adds rows to a file; half the time the last one lacks its end.</summary>
    public void Append(int rows)
    {
        string name = _files[random.Next(_files.Count)];
        string text = _unfinished.GetValueOrDefault(name, "") + Text(rows);
        _unfinished.Remove(name);
        if (random.Next(2) == 0)
        {
            int cut = text.Length - random.Next(1, 6 + _end.Length);
            _unfinished[name] = text[cut..];
            text = text[..cut];
        }

        File.AppendAllText(Path.Combine(folder, name), text);
    }

    /// <summary>Writes the ends of all rows.</summary>
    public void Finish()
    {
        foreach ((string name, string rest) in _unfinished)
        {
            File.AppendAllText(Path.Combine(folder, name), rest);
        }

        _unfinished.Clear();
    }

    private string Text(int rows)
    {
        var text = new StringBuilder();
        for (int i = 0; i < rows; i++, Rows++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Rows},{Name(Rows)}{_end}");
        }

        return text.ToString();
    }
}
