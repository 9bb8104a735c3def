using System.Text;
using Millrace.Columnar;

namespace Millrace.Connectors.Files;

/// <summary>Rows of a batch that go into one folder.</summary>
/// <param name="Folder">Name of the folder, its slash at the end; empty for the dataset's own.</param>
/// <param name="Start">First of them in <see cref="PartitionSplitter.Order"/>.</param>
/// <param name="Count">How many.</param>
internal readonly record struct PartitionGroup(string Folder, int Start, int Count);

/// <summary>
/// Sorts the rows of batches into the folders of a partitioned dataset. Rows of one folder keep their order. One thread
/// uses it.
/// </summary>
internal sealed class PartitionSplitter
{
    // Folders and values are numbered as they appear. Input that never comes back to old ones must not fill the memory.
    private const int MaxKnown = 1 << 16;

    private const int LongestPart = 255;
    private const int LongestFolder = 2048;

    private readonly PartitionField[] _fields;
    private readonly PartitionEncoder[] _encoders;
    private readonly int[] _kept;
    private readonly string _path;
    private readonly Dictionary<long, int>[] _pairs;
    private readonly List<string> _folders = [];
    private int[] _codes = [];
    private int[] _next = [];
    private int[] _rowFolders = [];
    private int[] _order = [];
    private int[] _starts = [];

    private PartitionSplitter(PartitionField[] fields, Schema schema, int[] kept, string path)
    {
        _fields = fields;
        _kept = kept;
        _path = path;
        _encoders = Array.ConvertAll(fields, f => PartitionEncoder.Create(f, schema));
        _pairs = Array.ConvertAll(fields, _ => new Dictionary<long, int>());
        FileSchema = schema.Select(kept);
    }

    /// <summary>Columns of the files.</summary>
    public Schema FileSchema { get; }

    /// <summary>Numbers of the rows of the last batch, group by group.</summary>
    public ReadOnlySpan<int> Order => _order;

    /// <param name="expressions">The option <c>partition</c>.</param>
    /// <param name="schema">Columns of the batches.</param>
    /// <param name="keepColumns">Whether files keep the columns that their folder's name tells.</param>
    /// <param name="path">What the user calls the dataset.</param>
    public static PartitionSplitter Create(IReadOnlyList<string> expressions, Schema schema, bool keepColumns, string path)
    {
        PartitionField[] fields = [.. expressions.Select(e => PartitionField.Bind(e, schema))];
        foreach (PartitionField field in fields)
        {
            if (fields.Count(f => f.Name == field.Name) > 1)
            {
                throw FilesErrors.BadPartition.Error($"Two partition expressions are named '{field.Name}'.", ErrorPlace.InFile(path));
            }

            if (field.Transform != PartitionTransform.Identity && schema.Fields.Any(f => f.Name == field.Name))
            {
                throw FilesErrors.BadPartition.Error($"The partition '{field.Name}' has the name of a column.", ErrorPlace.InFile(path), "Give it another with `as`: year(t) as t_y.");
            }
        }

        HashSet<int> dropped = keepColumns ? [] : [.. fields.Where(f => f.Transform == PartitionTransform.Identity).Select(f => f.Column)];
        int[] kept = [.. Enumerable.Range(0, schema.Count).Where(c => !dropped.Contains(c))];
        return kept.Length > 0 ? new PartitionSplitter(fields, schema, kept, path) : throw FilesErrors.BadPartition.Error(
            "The files would have no columns, since every one is a partition column.", ErrorPlace.InFile(path), "Set `keep_partition_columns: true`.");
    }

    /// <summary>The columns that files have, of a batch.</summary>
    public RecordBatch Select(RecordBatch batch) => batch.Select(_kept);

    /// <summary>Sorts the rows of a batch into groups, in the order in which folders first appear.</summary>
    public List<PartitionGroup> Split(RecordBatch batch)
    {
        if (_folders.Count > MaxKnown || Array.Exists(_encoders, e => e.Values.Count > MaxKnown))
        {
            Forget();
        }

        int rows = batch.Length;
        EnsureRows(rows);
        NumberFolders(batch, rows);
        return Sort(rows);
    }

    private void NumberFolders(RecordBatch batch, int rows)
    {
        Span<int> folders = _rowFolders.AsSpan(0, rows);
        Span<int> codes = _codes.AsSpan(0, rows);
        folders.Clear();
        for (int f = 0; f < _fields.Length; f++)
        {
            _encoders[f].Encode(batch[_fields[f].Column], codes);
            bool isLast = f == _fields.Length - 1;
            Dictionary<long, int> pairs = _pairs[f];
            long lastPair = -1;
            int lastNumber = 0;
            for (int i = 0; i < rows; i++)
            {
                long pair = ((long)folders[i] << 32) | (uint)codes[i];
                if (pair != lastPair)
                {
                    if (!pairs.TryGetValue(pair, out lastNumber))
                    {
                        lastNumber = isLast ? AddFolder(batch, i) : pairs.Count;
                        pairs.Add(pair, lastNumber);
                    }

                    lastPair = pair;
                }

                folders[i] = lastNumber;
            }
        }
    }

    // A counting sort: stable, and linear in rows and folders of the batch.
    private List<PartitionGroup> Sort(int rows)
    {
        if (_next.Length < _folders.Count)
        {
            Array.Resize(ref _next, Math.Max(_folders.Count, _next.Length * 2));
            Array.Resize(ref _starts, _next.Length);
        }

        var groups = new List<PartitionGroup>();
        var numbers = new List<int>();
        ReadOnlySpan<int> folders = _rowFolders.AsSpan(0, rows);
        foreach (int folder in folders)
        {
            if (_next[folder]++ == 0)
            {
                numbers.Add(folder);
            }
        }

        int start = 0;
        foreach (int folder in numbers)
        {
            groups.Add(new PartitionGroup(_folders[folder], start, _next[folder]));
            _starts[folder] = start;
            start += _next[folder];
            _next[folder] = 0;
        }

        for (int i = 0; i < rows; i++)
        {
            _order[_starts[folders[i]]++] = i;
        }

        return groups;
    }

    private int AddFolder(RecordBatch batch, int row)
    {
        var folder = new StringBuilder();
        Span<int> code = stackalloc int[1];
        for (int f = 0; f < _fields.Length; f++)
        {
            using Column value = batch[_fields[f].Column].Slice(row, 1);
            _encoders[f].Encode(value, code);
            string part = HivePath.Format(_fields[f].Name, _encoders[f].Values[code[0]]);
            if (Encoding.UTF8.GetByteCount(part) > LongestPart)
            {
                throw TooLong(_fields[f].Name, part);
            }

            folder.Append(part).Append('/');
        }

        if (folder.Length > LongestFolder)
        {
            throw TooLong(_fields[^1].Name, folder.ToString());
        }

        _folders.Add(folder.ToString());
        return _folders.Count - 1;
    }

    private MillraceException TooLong(string field, string text)
        => FilesErrors.BadPartition.Error(
            $"The value of '{field}' is too long for the name of a folder: {text[..60]}…", new ErrorPlace { File = _path, Field = field }, $"Shorten it, for example with truncate(20, {field}).");

    private void Forget()
    {
        foreach (PartitionEncoder encoder in _encoders)
        {
            encoder.Clear();
        }

        foreach (Dictionary<long, int> pairs in _pairs)
        {
            pairs.Clear();
        }

        _folders.Clear();
    }

    private void EnsureRows(int rows)
    {
        if (_codes.Length < rows)
        {
            _codes = new int[rows];
            _rowFolders = new int[rows];
            _order = new int[rows];
        }
    }
}
