namespace Millrace.Connectors.Iceberg;

/// <summary>Addresses of namespaces and tables in requests (REST specification, "paths").</summary>
/// <param name="prefix">What stands before them; empty for nothing.</param>
/// <param name="separator">What stands between the parts of a namespace, not escaped.</param>
internal sealed class RestPaths(string prefix, string separator)
{
    private readonly string _root = prefix.Length == 0 ? "" : prefix.Trim('/') + "/";

    public string Namespaces => _root + "namespaces";

    public string Rename => _root + "tables/rename";

    public string Below(IReadOnlyList<string> parent) => parent.Count == 0 ? Namespaces : $"{Namespaces}?parent={Joined(parent)}";

    public string Tables(IReadOnlyList<string> parts) => $"{Namespaces}/{Joined(parts)}/tables";

    public string Table(TableIdentifier table) => $"{Tables(table.Namespace)}/{Uri.EscapeDataString(table.Name)}";

    private string Joined(IReadOnlyList<string> parts) => Uri.EscapeDataString(string.Join(separator, parts));
}
