using System.Buffers.Binary;
using System.Text;
using Millrace.Columnar;

namespace Millrace.Runtime;

/// <summary>What rows with the same labels have given since the last commit.</summary>
internal sealed class MetricSeries(KeyValuePair<string, object?>[] tags)
{
    public KeyValuePair<string, object?>[] Tags => tags;

    /// <summary>Whether there is something to tell.</summary>
    public bool IsTouched { get; set; }

    /// <summary>Sum for counters, latest value for gauges.</summary>
    public double Value { get; set; }

    /// <summary>The values of a histogram.</summary>
    public List<double> Values { get; } = [];
}

/// <summary>The series of a metric by the values of its labels. Beyond a number of them, rows with new values share one series.</summary>
/// <param name="names">Names of the labels.</param>
/// <param name="common">Tags of all series.</param>
/// <param name="most">Series with own values.</param>
internal sealed class SeriesTable(string[] names, KeyValuePair<string, object?>[] common, int most)
{
    /// <summary>Value of all labels of rows that come too late for a series of their own.</summary>
    public const string Other = "__other__";

    private readonly Dictionary<byte[], MetricSeries> _byKey = new(KeyComparer.Instance);
    private MetricSeries? _other;
    private byte[] _key = new byte[256];

    /// <summary>Whether rows share the series for what is too much.</summary>
    public bool IsFull => _other is not null;

    /// <summary>The series of a row.</summary>
    /// <param name="labels">The values of the labels, as text.</param>
    /// <param name="row">The row.</param>
    public MetricSeries Find(ReadOnlySpan<BinaryColumn> labels, int row)
    {
        int length = 0;
        foreach (BinaryColumn label in labels)
        {
            ReadOnlySpan<byte> text = label.IsNull(row) ? default : label[row];
            if (_key.Length < length + sizeof(int) + text.Length)
            {
                Array.Resize(ref _key, Math.Max(_key.Length * 2, length + sizeof(int) + text.Length));
            }

            BinaryPrimitives.WriteInt32LittleEndian(_key.AsSpan(length), text.Length);
            text.CopyTo(_key.AsSpan(length + sizeof(int)));
            length += sizeof(int) + text.Length;
        }

        ReadOnlySpan<byte> key = _key.AsSpan(0, length);
        return _byKey.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out MetricSeries? found) ? found : Make(key);
    }

    private MetricSeries Make(ReadOnlySpan<byte> key)
    {
        if (_byKey.Count >= most)
        {
            return _other ??= new MetricSeries([.. common, .. names.Select(n => new KeyValuePair<string, object?>(n, Other))]);
        }

        var tags = new KeyValuePair<string, object?>[common.Length + names.Length];
        common.CopyTo(tags, 0);
        int at = 0;
        for (int i = 0; i < names.Length; i++)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(key[at..]);
            tags[common.Length + i] = new(names[i], Encoding.UTF8.GetString(key.Slice(at + sizeof(int), length)));
            at += sizeof(int) + length;
        }

        return _byKey[key.ToArray()] = new MetricSeries(tags);
    }

    // Most rows find their series without an object being made.
    private sealed class KeyComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly KeyComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
