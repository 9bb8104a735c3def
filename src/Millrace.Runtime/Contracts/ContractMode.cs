namespace Millrace.Runtime.Contracts;

/// <summary>What happens when rows or columns are not as the contract says.</summary>
public enum ContractMode
{
    /// <summary>A row that breaks a rule is a bad row. Columns that the contract does not have are left out.</summary>
    Strict,

    /// <summary>Rows that break rules are written and counted; differences between columns are reported.</summary>
    Warn,

    /// <summary>As strict; columns that the contract does not have are added, and types are widened, with a remark.</summary>
    Evolve,

    /// <summary>As strict; any difference between the columns of the source and the contract ends the run before a row is read.</summary>
    Freeze,
}
