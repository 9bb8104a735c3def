namespace Millrace.Connectors.Files;

/// <summary>Parts of a path in the form <c>key=value</c>, as Hive and many after it lay out partitions.</summary>
internal static class HivePath
{
    /// <summary>What stands for null.</summary>
    public const string NullValue = "__HIVE_DEFAULT_PARTITION__";

    /// <summary>Keys and values of the folders of a path; a value is null where the path says so.</summary>
    public static List<KeyValuePair<string, string?>> Parse(string path)
    {
        var pairs = new List<KeyValuePair<string, string?>>();
        string[] parts = path.Split('/');
        foreach (string part in parts.AsSpan(0, parts.Length - 1))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                string value = part[(equals + 1)..];
                pairs.Add(new(Uri.UnescapeDataString(part[..equals]), value == NullValue ? null : Uri.UnescapeDataString(value)));
            }
        }

        return pairs;
    }
}
