using System.Collections.Concurrent;
using System.Text;
using Millrace.Columnar;
using Millrace.Formats;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Deleted rows by file and number (specification, "Position Delete Files"). A file of deletes is read once for all data files that it is
/// for. Any thread may ask.
/// </summary>
internal sealed class PositionDeletes(TableFiles files)
{
    private const int PathId = 2147483546;
    private const int PositionId = 2147483545;

    private readonly ConcurrentDictionary<string, Lazy<Task<Dictionary<string, List<long>>>>> _read = new(StringComparer.Ordinal);

    /// <summary>Numbers of the deleted rows of a data file, ascending and each once.</summary>
    public async ValueTask<long[]> OfAsync(DataFile data, IReadOnlyList<DataFile> deletes, CancellationToken cancellation)
    {
        string name = files.NameOf(data.Path);
        var rows = new List<long>();
        foreach (DataFile file in deletes)
        {
            Dictionary<string, List<long>> byFile = await _read.GetOrAdd(file.Path, _ => new(() => ReadAsync(file, cancellation))).Value.ConfigureAwait(false);
            if (byFile.TryGetValue(name, out List<long>? found))
            {
                rows.AddRange(found);
            }
        }

        rows.Sort();
        return [.. rows.Distinct()];
    }

    /// <summary>Names, in the store, of the data files that a file of deletes is for.</summary>
    public async ValueTask<IReadOnlyCollection<string>> FilesOfAsync(DataFile delete, CancellationToken cancellation)
        => (await _read.GetOrAdd(delete.Path, _ => new(() => ReadAsync(delete, cancellation))).Value.ConfigureAwait(false)).Keys;

    private async Task<Dictionary<string, List<long>>> ReadAsync(DataFile file, CancellationToken cancellation)
    {
        var mapping = new NameMapping([new MappedField(["file_path"], PathId, []), new MappedField(["pos"], PositionId, [])]);
        var byFile = new Dictionary<string, List<long>>(StringComparer.Ordinal);
        ParquetInput input = await ParquetInput.OpenAsync(files, file, mapping, cancellation).ConfigureAwait(false);
        await using (input.ConfigureAwait(false))
        {
            if (input.Columns.Find(PathId) is not { } path || input.Columns.Find(PositionId) is not { } position)
            {
                throw IcebergErrors.Unsupported($"The file of deletes '{input.Name}' lacks 'file_path' or 'pos'");
            }

            var columns = new Schema(path.WithType(DataType.Utf8), position.WithType(DataType.Int64));
            IBatchReader reader = input.Read(new FileReadRequest { Columns = columns, Range = FileRange.Whole(input.Length) });
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellation).ConfigureAwait(false) is { } batch)
                {
                    using (batch)
                    {
                        Add(byFile, (BinaryColumn)batch[0], ((FixedColumn<long>)batch[1]).Values);
                    }
                }
            }
        }

        return byFile;
    }

    // Sorted by path, as the specification asks, so that the last path is mostly the next one, too.
    private void Add(Dictionary<string, List<long>> byFile, BinaryColumn paths, ReadOnlySpan<long> positions)
    {
        List<long>? last = null;
        int lastRow = -1;
        for (int row = 0; row < positions.Length; row++)
        {
            if (last is null || !paths[row].SequenceEqual(paths[lastRow]))
            {
                string name = files.NameOf(Encoding.UTF8.GetString(paths[row]));
                if (!byFile.TryGetValue(name, out last))
                {
                    byFile.Add(name, last = []);
                }

                lastRow = row;
            }

            last.Add(positions[row]);
        }
    }
}
