using System.Collections;

namespace Bitrix24.Testing;

/// <summary>Represents the contacts, companies or webforms that exist on a simulated portal. This type is thread-safe.</summary>
public sealed class SimulatedEntitySet : IReadOnlyCollection<long>
{
    private readonly object sync = new();
    private readonly SortedSet<long> existing = [];
    private readonly HashSet<long> unreadable = [];
    private readonly HashSet<(long User, long Id)> hidden = [];
    private readonly HashSet<long> usersWithout = [];

    internal SimulatedEntitySet()
    {
    }

    /// <summary>Gets the number of entities that exist, including unreadable ones.</summary>
    public int Count
    {
        get
        {
            lock (sync)
            {
                return existing.Count;
            }
        }
    }

    /// <summary>Adds entities that the caller may read.</summary>
    /// <param name="ids">The ids, at least 1. An id that already exists becomes readable.</param>
    public void Add(params long[] ids) => Add(ids, readable: true);

    /// <summary>Adds entities that exist but that no user may read.</summary>
    /// <param name="ids">The ids, at least 1. An id that already exists becomes unreadable.</param>
    public void AddUnreadable(params long[] ids) => Add(ids, readable: false);

    /// <summary>Denies one user the right to read entities.</summary>
    /// <param name="userId">The id of the user.</param>
    /// <param name="ids">The ids of the entities. If empty, all entities of this kind, including those added later.</param>
    public void DenyRead(long userId, params long[] ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        lock (sync)
        {
            if (ids.Length == 0)
            {
                usersWithout.Add(userId);
            }

            hidden.UnionWith(ids.Select(id => (userId, id)));
        }
    }

    /// <summary>Returns an enumerator over a snapshot of the ids in ascending order.</summary>
    /// <returns>An enumerator over the ids, including unreadable ones.</returns>
    public IEnumerator<long> GetEnumerator()
    {
        lock (sync)
        {
            return existing.ToList().GetEnumerator();
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal bool Exists(long id)
    {
        lock (sync)
        {
            return existing.Contains(id);
        }
    }

    internal bool MayRead(long userId, long id)
    {
        lock (sync)
        {
            return existing.Contains(id) && !unreadable.Contains(id) && !usersWithout.Contains(userId) && !hidden.Contains((userId, id));
        }
    }

    /// <summary>Returns whether a user may read no entity of this kind.</summary>
    internal bool IsHidden(long userId)
    {
        lock (sync)
        {
            return usersWithout.Contains(userId);
        }
    }

    private void Add(long[] ids, bool readable)
    {
        ArgumentNullException.ThrowIfNull(ids);

        lock (sync)
        {
            foreach (var id in ids)
            {
                if (id < 1)
                {
                    throw new ArgumentException($"{id} is not a valid id. Ids start at 1.", nameof(ids));
                }

                existing.Add(id);
                if (readable)
                {
                    unreadable.Remove(id);
                }
                else
                {
                    unreadable.Add(id);
                }
            }
        }
    }
}
