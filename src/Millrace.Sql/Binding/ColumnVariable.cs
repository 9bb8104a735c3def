using Millrace.Columnar;

namespace Millrace.Sql.Binding;

/// <summary>
/// A column of a plan, known by identity and not by place: it keeps its meaning however operators are moved around it.
/// Physical planning turns it into a number of a column.
/// </summary>
/// <param name="name">Name for people and for the result; not unique.</param>
/// <param name="type">Its type.</param>
/// <param name="nullable">Whether it can be null.</param>
public sealed class ColumnVariable(string name, DataType type, bool nullable = true)
{
    public string Name { get; } = name;

    public DataType Type { get; } = type;

    public bool Nullable { get; } = nullable;

    public Field ToField() => new(Name, Type, Nullable);

    public override string ToString() => Name;
}
