using Millrace.Columnar;

namespace Millrace.Connectors.Files;

/// <summary>Encodes a dictionary column through its values.</summary>
internal sealed class DictionaryEncoder(PartitionEncoder values) : PartitionEncoder
{
    public override void Encode(Column column, Span<int> codes)
    {
        var dictionary = (DictionaryColumn)column;
        var byIndex = new int[dictionary.Dictionary.Length];
        values.Encode(dictionary.Dictionary, byIndex);
        for (int known = Values.Count; known < values.Values.Count; known++)
        {
            Add(values.Values[known]!);
        }

        ReadOnlySpan<int> indices = dictionary.Indices;
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = column.IsNull(i) ? 0 : byIndex[indices[i]];
        }
    }

    public override void Clear()
    {
        base.Clear();
        values.Clear();
    }
}
