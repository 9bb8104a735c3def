using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>A kind of rows that a stage keeps.</summary>
/// <param name="Name">Name within the stage.</param>
/// <param name="Schema">Columns of the rows.</param>
/// <param name="Keys">
/// Numbers of the columns that decide the lane of a row, the same values as those of the exchange of the stage's inputs;
/// empty where one lane has all.
/// </param>
/// <param name="Identity">
/// Numbers of the columns that tell rows apart, for <see cref="StateChange.Put"/> and <see cref="StateChange.Remove"/>; empty for
/// rows that are only added up.
/// </param>
public sealed record StateTable(string Name, Schema Schema, IReadOnlyList<int> Keys, IReadOnlyList<int> Identity)
{
    /// <summary>Whether every lane takes all of its rows in; one lane exports them.</summary>
    public bool IsShared { get; init; }
}

/// <summary>What rows of exported state mean.</summary>
public enum StateChange
{
    /// <summary>They take the place of rows with the same identity.</summary>
    Put,

    /// <summary>Rows with these identities are gone. The batch has the identity columns only.</summary>
    Remove,

    /// <summary>They are added to what there is; their last column is a weight as in <see cref="Weights"/>.</summary>
    Add,
}

/// <summary>How much state there is.</summary>
public readonly record struct StateSize(long Rows, long Bytes)
{
    public static StateSize operator +(StateSize left, StateSize right) => new(left.Rows + right.Rows, left.Bytes + right.Bytes);
}

/// <summary>Takes the state of one stage. Lanes write one after the other.</summary>
public interface IStateWriter
{
    /// <param name="table">Name of one of the stage's tables.</param>
    /// <param name="change">What the rows mean.</param>
    /// <param name="rows">In the table's schema, of removals only the identity columns; borrowed.</param>
    void Write(string table, StateChange change, RecordBatch rows);
}
