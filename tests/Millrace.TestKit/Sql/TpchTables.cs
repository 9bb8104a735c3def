namespace Millrace.TestKit.Sql;

/// <summary>A table of TPC-H.</summary>
/// <param name="Name">Its name, and its file's without the extension.</param>
/// <param name="Columns">Names and types in their order, as SQL declares them.</param>
public sealed record TpchTable(string Name, string Columns);

/// <summary>The eight tables of TPC-H (section 1.4 of its specification).</summary>
public static class TpchTables
{
    public static readonly TpchTable Region = new("region", "r_regionkey integer, r_name varchar, r_comment varchar");

    public static readonly TpchTable Nation = new("nation", "n_nationkey integer, n_name varchar, n_regionkey integer, n_comment varchar");

    public static readonly TpchTable Supplier = new("supplier", "s_suppkey integer, s_name varchar, s_address varchar, s_nationkey integer, s_phone varchar, s_acctbal decimal(15,2), s_comment varchar");

    public static readonly TpchTable Part = new("part", "p_partkey integer, p_name varchar, p_mfgr varchar, p_brand varchar, p_type varchar, p_size integer, p_container varchar, p_retailprice decimal(15,2), p_comment varchar");

    public static readonly TpchTable PartSupp = new("partsupp", "ps_partkey integer, ps_suppkey integer, ps_availqty integer, ps_supplycost decimal(15,2), ps_comment varchar");

    public static readonly TpchTable Customer = new("customer", "c_custkey integer, c_name varchar, c_address varchar, c_nationkey integer, c_phone varchar, c_acctbal decimal(15,2), c_mktsegment varchar, c_comment varchar");

    public static readonly TpchTable Orders = new("orders", "o_orderkey bigint, o_custkey integer, o_orderstatus varchar, o_totalprice decimal(15,2), o_orderdate date, o_orderpriority varchar, o_clerk varchar, o_shippriority integer, o_comment varchar");

    public static readonly TpchTable Lineitem = new("lineitem", "l_orderkey bigint, l_partkey integer, l_suppkey integer, l_linenumber integer, l_quantity decimal(15,2), l_extendedprice decimal(15,2), l_discount decimal(15,2), l_tax decimal(15,2), l_returnflag varchar, l_linestatus varchar, l_shipdate date, l_commitdate date, l_receiptdate date, l_shipinstruct varchar, l_shipmode varchar, l_comment varchar");

    public static readonly IReadOnlyList<TpchTable> All = [Region, Nation, Supplier, Part, PartSupp, Customer, Orders, Lineitem];
}
