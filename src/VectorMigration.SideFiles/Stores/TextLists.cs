using VectorMigration.SideFiles.Stores.Json;
using VectorMigration.SideFiles.Stores.Orders;
using VectorMigration.SideFiles.Stores.Tables;
using VectorMigration.SideFiles.VectorFiles;

namespace VectorMigration.SideFiles.Stores;

/// <summary>Finds the list or table with the texts of an index among the files next to it, and leaves no other one out in silence.</summary>
/// <param name="index">Full path of the index.</param>
/// <param name="contents">What is next to it.</param>
/// <param name="isSibling">Whether a file has the name of an index.</param>
internal sealed class TextLists(string index, FolderContents contents, Func<string, string, bool> isSibling)
{
    private const int MostNamed = 5;

    /// <summary>Among more files of one length, the table that the others are the ids of is not looked for.</summary>
    private const int MostCompared = 8;

    private bool IsAlone => contents.Indexes.Count <= 1;

    /// <summary>The list that has as many entries as the index has vectors; null without one.</summary>
    /// <exception cref="MigrationException">Several would fit, or it could be that of another index; one that may hold texts cannot be sent.</exception>
    public string? Find(CancellationToken cancellationToken)
    {
        string[] lists = [.. contents.Lists.Concat(contents.JsonLines).Where(IsFree)];
        string[] others = [.. contents.Others.Except(contents.JsonLines).Where(other => other != index && IsFree(other))];
        string[] damaged = [.. contents.Damaged.Where(IsFree)];
        if ((lists.Length == 0 && others.Length == 0 && damaged.Length == 0) || CountOf(index) is not (> 0 and long count))
        {
            return null;
        }

        string[] fitting = [.. lists.Where(list =>
            contents.JsonLines.Contains(list) ? JsonLinesFiles.CountOf(list, cancellationToken) == count : Fits(list, count, cancellationToken))];
        string[] named = fitting.Length is 0 or > MostCompared ? []
            :
            [
                .. lists.Except(fitting).Concat(others).Where(other => JsonNamedDocuments.Fits(other, count, cancellationToken)),
            ];
        string? chosen = fitting switch
        {
            [] => null,
            _ when named.Length > 0 && OrderFolder.Of(index, [.. fitting, .. named], cancellationToken).Table() is string entries =>
                IsOwn(entries) ? entries : OfNobodyElse(entries, count),
            [string only] => IsOwn(only) ? only : OfNobodyElse(only, count),
            { Length: <= MostCompared } when OrderFolder.Of(index, fitting, cancellationToken).Table() is string table =>
                IsOwn(table) ? table : OfNobodyElse(table, count),
            _ when fitting.Where(list => isSibling(list, index)).ToArray() is [string own] => own,
            _ => throw JsonErrors.SeveralLists(index, fitting, count),
        };
        string[] free = chosen is null ? [] : [.. lists.Concat(others).Where(file => file != chosen)];
        IReadOnlyList<string> orders = chosen is null ? [] : OrderFolder.Of(index, free, cancellationToken).ListsFor(chosen);
        IEnumerable<UnusedFile?> unused = lists.Except(fitting)
            .Select(list => contents.JsonLines.Contains(list) ? UnusedFiles.OfJsonLines(list, index, count, cancellationToken)
                : UnusedFiles.OfList(list, index, count, cancellationToken))
            .Concat(damaged.Select(pickle => UnusedPickles.Of(pickle, index, count, cancellationToken)))
            .Concat(others.Select(other => UnusedFiles.OfOther(other, index, count, cancellationToken)));
        TellUnused(unused.OfType<UnusedFile>().Where(file => file.Path != chosen && !orders.Contains(file.Path)), chosen, count, cancellationToken);
        TellFitting(fitting.Where(file => file != chosen && !orders.Contains(file)), chosen, count, cancellationToken);
        return chosen;
    }

    /// <summary>Vectors of an index; null where it cannot be read.</summary>
    public static long? CountOf(string index)
    {
        try
        {
            return VectorFile.DescribeAny(index).Count;
        }
        catch (MigrationException)
        {
            // Opening the index reports what is wrong with it.
            return null;
        }
    }

    /// <summary>It has the name of no other index.</summary>
    private bool IsFree(string file) => IsAlone || IsOwn(file) || !contents.Indexes.Any(other => other != index && isSibling(file, other));

    /// <summary>It belongs to the index by its name, or because there is no other index, or because all of them share it.</summary>
    private bool IsOwn(string file) => IsAlone || isSibling(file, index) || TableForms.IsShared(file);

    /// <summary>A list without the name of an index belongs to the only one that has as many vectors.</summary>
    private string OfNobodyElse(string list, long count) =>
        Alike(count) is { Length: > 0 } alike ? throw StoreErrors.OfSeveralIndexes(index, list, count, alike) : list;

    /// <summary>Other indexes that have as many vectors, or an unknown number of them, and no texts with their own name.</summary>
    private string[] Alike(long count) =>
        [.. contents.Indexes.Where(other => other != index && !HasTexts(other) && (CountOf(other) ?? count) == count)];

    private bool HasTexts(string other) => contents.Lists.Concat(contents.Stores).Any(file => isSibling(file, other));

    private bool Fits(string list, long count, CancellationToken cancellationToken) =>
        StorePayloads.Fits(list, count, cancellationToken) && !StorePayloads.RepeatsIds(list, index, cancellationToken)
        && !UnusedFiles.HasRepeatedNumbers(list, StorePayloads.FormOf(list, cancellationToken), cancellationToken);

    /// <summary>Reports lists and tables that fit and are not sent, because another one has the name of the index.</summary>
    private void TellFitting(IEnumerable<string> fitting, string? chosen, long count, CancellationToken cancellationToken)
    {
        foreach (string file in fitting.Where(_ => contents.Notes.Count < MostNamed))
        {
            if ((contents.JsonLines.Contains(file) ? UnusedFiles.OfJsonLines(file, index, count, cancellationToken)
                : UnusedFiles.OfBeside(file, isList: true, index, count, cancellationToken)) is UnusedFile unused)
            {
                contents.Notes.Add(StoreErrors.NotUsedNote(index, unused, chosen));
            }
        }
    }

    /// <summary>
    /// Refuses to leave texts out that may be those of the index: where its folder was named, or they have its name or as many entries. Of other files it is
    /// told.
    /// </summary>
    private void TellUnused(IEnumerable<UnusedFile> unused, string? chosen, long count, CancellationToken cancellationToken)
    {
        bool isTold = chosen is not null && !UnusedFiles.HoldsNumbers(chosen, cancellationToken);
        foreach (UnusedFile file in unused)
        {
            bool isMeant = contents.IsNamed ? IsAlone || isSibling(file.Path, index)
                : isSibling(file.Path, index) ? !file.NeedsName
                : file.Fits && (!file.NeedsName || !IsAlone);
            if (file.MayBeTexts && !isTold && isMeant)
            {
                throw IsOwn(file.Path) || !file.NeedsName ? StoreErrors.NotUsed(index, file)
                    : StoreErrors.OfSeveralIndexes(index, file.Path, count, Alike(count));
            }

            if (file is { MayBeTexts: true, Entries: long entries })
            {
                contents.OtherLists.Add(new ListOfOtherLength(file.Path, entries));
            }

            if (contents.Notes.Count < MostNamed)
            {
                contents.Notes.Add(StoreErrors.NotUsedNote(index, file));
            }
        }
    }
}
