using Millrace.Columnar;

namespace Millrace.Connectors.Common;

/// <summary>
/// Joins the schemas of several inputs by column name: columns in the order in which they first appear, each in the
/// narrowest type that holds all, nullable if one input says so or lacks it.
/// </summary>
public sealed class SchemaUnion
{
    private readonly List<Field> _fields = [];
    private readonly List<string> _from = [];
    private readonly List<int> _seen = [];
    private int _inputs;

    /// <param name="schema">Columns of the next input.</param>
    /// <param name="input">What the user calls it.</param>
    /// <param name="inferred">Whether its types were guessed from text; then text holds what no other type does.</param>
    /// <param name="conflict">Makes the error for a column whose types do not go together, from its name, both types and both inputs.</param>
    public void Add(Schema schema, string input, bool inferred, Func<string, DataType, string, DataType, string, MillraceException> conflict)
    {
        _inputs++;
        foreach (Field field in schema.Fields)
        {
            int index = Find(field.Name);
            if (index < 0)
            {
                _fields.Add(field);
                _from.Add(input);
                _seen.Add(1);
                continue;
            }

            Field known = _fields[index];
            _seen[index]++;
            if (field.Metadata.ContainsKey(FieldMetadata.Unseen))
            {
                continue;
            }

            if (known.Metadata.ContainsKey(FieldMetadata.Unseen))
            {
                _fields[index] = field.WithName(known.Name);
                continue;
            }

            DataType type = TypeUnion.Of(known.Type, field.Type)
                ?? (inferred ? DataType.Utf8 : throw conflict(known.Name, known.Type, _from[index], field.Type, input));
            _fields[index] = known.WithType(type).WithNullable(known.Nullable || field.Nullable);
        }
    }

    public Schema Build() => new(_fields.Select((f, i) => _seen[i] < _inputs ? f.WithNullable(true) : f));

    private int Find(string name)
    {
        int index = _fields.FindIndex(f => f.Name == name);
        return index >= 0 ? index : _fields.FindIndex(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
    }
}
