using System.Collections;

namespace Bitrix24.Testing;

/// <summary>The contacts, companies or CRM forms that exist on a simulated portal. Safe for use by several threads.</summary>
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

    /// <summary>How many exist, those that the caller may not read included.</summary>
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
    /// <param name="ids">Their ids, at least 1. An id that exists already becomes readable.</param>
    public void Add(params long[] ids) => Add(ids, readable: true);

    /// <summary>Adds entities that exist and that nobody may read.</summary>
    /// <param name="ids">Their ids, at least 1. An id that exists already becomes unreadable.</param>
    public void AddUnreadable(params long[] ids) => Add(ids, readable: false);

    /// <summary>Takes from one user the right to read entities.</summary>
    /// <param name="userId">Id of the user.</param>
    /// <param name="ids">Ids of the entities; none for all of this kind, those added later included.</param>
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

    /// <summary>Lists the ids in ascending order, as they are at this moment.</summary>
    /// <returns>The ids, those that the caller may not read included.</returns>
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

    /// <summary>Whether a user may read nothing of this kind.</summary>
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
                    throw new ArgumentException($"{id} is no id; the least is 1.", nameof(ids));
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
