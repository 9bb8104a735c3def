using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>A node of the schema that is written: a leaf, or a list, map or struct over others.</summary>
/// <param name="Field">The field it stands for.</param>
/// <param name="Definition">Definition level when it is not null; of a list also when it is empty.</param>
/// <param name="Repetition">Repetition level of a value that continues the innermost list around it.</param>
/// <param name="Leaf">Number among the leaves, or -1 for a group.</param>
/// <param name="Children">The item of a list; key and value of a map; the fields of a struct.</param>
internal sealed record WriteNode(Field Field, int Definition, int Repetition, int Leaf, WriteNode[] Children)
{
    public bool IsLeaf => Leaf >= 0;

    public bool IsList => Field.Type.Layout == TypeLayout.List;
}
