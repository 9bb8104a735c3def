using System.Text;

namespace Millrace.Formats.MarkdownKv;

/// <summary>
/// Where headings lead: titles from the outermost to the innermost, joined with slashes. A slash or backslash of a title
/// has a backslash before it.
/// </summary>
internal sealed class SectionPath
{
    private readonly List<(int Level, string Title)> _titles = [];

    /// <summary>The path; empty before the first heading.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Headings around the place.</summary>
    public int Depth => _titles.Count;

    /// <summary>Takes a heading. One without a title leads back to the section around it.</summary>
    public void Enter(int level, ReadOnlySpan<byte> title)
    {
        _titles.RemoveAll(t => t.Level >= level);
        if (title.Length > 0)
        {
            _titles.Add((level, KvLine.Name(title)));
        }

        Text = string.Join('/', _titles.Select(t => t.Title.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("/", "\\/", StringComparison.Ordinal)));
    }

    /// <summary>The titles of a path.</summary>
    public static IReadOnlyList<string> Split(string path)
    {
        if (path.Length == 0)
        {
            return [];
        }

        var titles = new List<string>();
        var title = new StringBuilder();
        for (int i = 0; i < path.Length; i++)
        {
            if (path[i] == '/')
            {
                titles.Add(title.ToString());
                title.Clear();
                continue;
            }

            if (path[i] == '\\' && i + 1 < path.Length)
            {
                i++;
            }

            title.Append(path[i]);
        }

        titles.Add(title.ToString());
        return titles;
    }
}
