namespace Millrace.Cli;

/// <summary>What was entered before, kept in a file between sessions. Entries of several lines are kept as one.</summary>
internal sealed class LineHistory
{
    private const int MaxEntries = 2000;
    private const char LineMark = '\u2028';

    private readonly string? _path;
    private readonly List<string> _entries = [];

    /// <param name="path">The file; null keeps nothing.</param>
    public LineHistory(string? path)
    {
        _path = path;
        try
        {
            if (path is not null && File.Exists(path))
            {
                _entries.AddRange(File.ReadLines(path).TakeLast(MaxEntries).Select(l => l.Replace(LineMark, '\n')));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _path = null;
        }
    }

    public IReadOnlyList<string> Entries => _entries;

    /// <summary>The file of the user's history.</summary>
    public static string DefaultPath()
    {
        string state = Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        return Path.Combine(state, "millrace", "sql_history");
    }

    /// <summary>Adds an entry unless it repeats the last one. A history that cannot be kept is no reason to stop.</summary>
    public void Add(string entry)
    {
        if (entry.Trim().Length == 0 || (_entries.Count > 0 && _entries[^1] == entry))
        {
            return;
        }

        _entries.Add(entry);
        try
        {
            if (_path is not null)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
                File.AppendAllText(_path, entry.ReplaceLineEndings(LineMark.ToString()) + "\n");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
