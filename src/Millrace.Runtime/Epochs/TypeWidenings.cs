using Millrace.Columnar;
using Millrace.Formats;

namespace Millrace.Runtime;

/// <summary>Types of columns that turned out to be too narrow during an attempt.</summary>
internal sealed class TypeWidenings
{
    // A column can widen integer → double → text; a file with more surprises than this has no type to find.
    private const int MostOfColumn = 6;

    private readonly Dictionary<string, DataType> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>The wider types as they are now, which later calls leave as they are.</summary>
    public IReadOnlyDictionary<string, DataType> Snapshot() => new Dictionary<string, DataType>(_types, StringComparer.Ordinal);

    public void Add(SchemaWideningException e)
    {
        int count = _counts[e.Column] = _counts.GetValueOrDefault(e.Column) + 1;
        if (count > MostOfColumn)
        {
            throw RuntimeErrors.TypeNeverSettles.Error($"Column '{e.Column}' went from {e.From} to {e.To} and still holds values that do not fit.", e.Place, inner: e);
        }

        _types[e.Column] = e.To;
    }
}
