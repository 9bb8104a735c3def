namespace Millrace.Connectors.Postgres;

/// <summary>libpq's connection service file: sections in brackets with <c>name=value</c> lines (chapter "The Connection Service File").</summary>
internal static class ServiceFile
{
    /// <summary>The values of a section.</summary>
    public static IReadOnlyDictionary<string, string> Read(string service)
    {
        string path = Environment.GetEnvironmentVariable("PGSERVICEFILE")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pg_service.conf");
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PostgresErrors.BadOption.Error($"The service file for the service '{service}' cannot be read: {e.Message}", ErrorPlace.InFile(path), "Set PGSERVICEFILE, or leave out `service`.", e);
        }

        return Parse(lines, service)
            ?? throw PostgresErrors.BadOption.Error($"There is no section [{service}]{NearestName.Suggest(service, Sections(lines))}.", ErrorPlace.InFile(path));
    }

    private static Dictionary<string, string>? Parse(string[] lines, string service)
    {
        Dictionary<string, string>? values = null;
        foreach (string line in lines.Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#'))
        {
            if (line[0] == '[')
            {
                if (values is not null)
                {
                    break;
                }

                values = line.Trim('[', ']') == service ? new Dictionary<string, string>(StringComparer.Ordinal) : null;
            }
            else if (values is not null && line.IndexOf('=', StringComparison.Ordinal) is > 0 and int equals)
            {
                values[line[..equals].Trim()] = line[(equals + 1)..].Trim();
            }
        }

        return values;
    }

    private static IEnumerable<string> Sections(string[] lines)
        => lines.Select(l => l.Trim()).Where(l => l.StartsWith('[')).Select(l => l.Trim('[', ']'));
}
