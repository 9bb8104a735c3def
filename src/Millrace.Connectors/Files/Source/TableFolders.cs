using System.Text.RegularExpressions;

namespace Millrace.Connectors.Files;

/// <summary>
/// Folders that are tables: their metadata says which of their files count, so that reading all of them would give rows twice, deleted ones,
/// and the metadata itself as rows.
/// </summary>
internal static partial class TableFolders
{
    /// <summary>Fails when files found below a folder are those of a table. Patterns that name files are not judged.</summary>
    public static void Refuse(PathPattern path, List<FileEntry> files)
    {
        foreach (FileEntry file in files)
        {
            if (IcebergMetadata().Match(file.Key) is { Success: true } match)
            {
                string table = match.Groups["table"].Value;
                throw FilesErrors.IsTable.Error(
                    $"'{table}' is an Iceberg table, whose metadata says which of its files count.",
                    ErrorPlace.InFile(path.Text),
                    $"Read it as a table: iceberg://{table}. Its files alone are read with a pattern, such as '{table}/data/**/*.parquet'.");
            }
        }
    }

    [GeneratedRegex(@"^(?<table>.+)/metadata/[^/]+\.metadata\.json(?:\.gz)?$", RegexOptions.CultureInvariant)]
    private static partial Regex IcebergMetadata();
}
