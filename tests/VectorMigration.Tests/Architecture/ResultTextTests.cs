using System.Reflection;
using System.Runtime.CompilerServices;

namespace VectorMigration.Tests.Architecture;

/// <summary>What stands in a cell of a table, in a column of a CSV file, or in JSON that is cut off at its depth: words, and no dump of a record.</summary>
public sealed class ResultTextTests
{
    /// <summary>What cmdlets emit.</summary>
    private static readonly Type[] Results =
    [
        typeof(MigrationResult), typeof(QdrantBatchResult), typeof(VerificationResult), typeof(IndexDescription), typeof(IndexingResult), typeof(MigrationPerf),
        typeof(MigrationPerfComparison), typeof(MigrationTuning), typeof(QdrantCollectionInfo),
    ];

    [Fact]
    public void Every_record_within_a_result_says_in_words_what_it_is()
    {
        HashSet<Type> seen = [];
        foreach (Type result in Results)
        {
            Visit(result, seen);
        }

        seen.Count.ShouldBeGreaterThan(20);
        seen.Except(Results).Where(static type => type.GetMethod("<Clone>$") is not null)
            .Where(static type => type.GetMethod(nameof(ToString), Type.EmptyTypes)!.IsDefined(typeof(CompilerGeneratedAttribute)))
            .Select(static type => type.FullName)
            .ShouldBeEmpty();
    }

    private static void Visit(Type type, HashSet<Type> seen)
    {
        if (type.IsGenericType || type.IsArray)
        {
            foreach (Type part in type.IsArray ? [type.GetElementType()!] : type.GetGenericArguments())
            {
                Visit(part, seen);
            }
        }
        else if (type.Assembly == typeof(MigrationResult).Assembly && seen.Add(type))
        {
            foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                Visit(property.PropertyType, seen);
            }
        }
    }
}
